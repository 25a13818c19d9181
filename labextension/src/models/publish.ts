import type { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IConfigChange } from '../api/config';
import { putConfig } from '../api/config';
import type { IItem } from '../api/items';
import { getItems } from '../api/items';
import type { IOceanStatus } from '../api/ocean';
import { getOcean } from '../api/ocean';
import type { IJobs } from '../tokens';
import type { IDraftStore, ISavedDraft } from './draft';
import { DraftModel, guessKind, titleFromName } from './draft';
import { OperationModel } from './operation';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** How much of what is stored is offered; anything else can be typed. */
const MAX_SOURCES = 100;

/**
 * A publication: the form, where to, and the operation that writes it to the chain.
 */
export class PublishModel {
  /**
   * @param saved - As it was left, or a new draft.
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Follows what the server does.
   * @param store - Keeps the draft.
   */
  constructor(
    saved: ISavedDraft,
    private readonly settings: ServerConnection.ISettings,
    jobs: IJobs,
    private readonly store: IDraftStore
  ) {
    this.operation = new OperationModel(settings, jobs);
    this.operation.changed.connect(() => this.changedSignal.emit());
    this.currentForm = this.formOf(saved.draft);
    if (saved.job !== null) {
      void this.operation.follow(saved.job).then(result => this.end(result));
    }
    void this.loadSources();
    void this.refreshStatus();
  }

  readonly operation: OperationModel;

  get form(): DraftModel {
    return this.currentForm;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Where is published; `null` before the server has said. */
  get status(): IOceanStatus | null {
    return this.currentStatus;
  }

  get statusFailure(): IProblem | null {
    return this.currentStatusFailure;
  }

  /** What is stored and can be picked. */
  get sources(): readonly IItem[] {
    return this.currentSources;
  }

  /** Why it cannot be signed yet; `null` if it can. */
  get obstacle():
    'checking' | 'problems' | 'failed' | 'missing' | 'unreachable' | null {
    const { form } = this;
    if (Object.keys(form.problems).length > 0) {
      return 'problems';
    }
    if (form.failure !== null) {
      return 'failed';
    }
    if (form.check === null || this.currentStatus === null) {
      return 'checking';
    }
    if (!this.currentStatus.ready) {
      return 'missing';
    }
    return form.check.reach?.reachable === true ? null : 'unreachable';
  }

  /** Use something else; what was not changed by hand follows it. */
  pick(path: string): void {
    const item = this.currentSources.find(each => each.path === path);
    const { draft } = this.currentForm;
    const before = this.currentSources.find(each => each.path === draft.path);
    this.currentForm.change({
      path,
      ...(item !== undefined &&
      (draft.title === '' ||
        (before !== undefined && draft.title === titleFromName(before.title)))
        ? {
            title: titleFromName(item.title),
            kind: guessKind(item.kind, item.title)
          }
        : {})
    });
  }

  /** Sign and write; what was broken off goes on. Never rejects. */
  async publish(): Promise<void> {
    const { draft } = this.currentForm;
    const result = await this.operation.run('publish', { draft }, job => {
      void this.store.save({ draft, job });
    });
    await this.end(result);
  }

  /** The same form once more, for another place. */
  again(): void {
    const draft = { ...this.currentForm.draft, key: UUID.uuid4() };
    this.currentForm.dispose();
    this.currentForm = this.formOf(draft);
    this.currentForm.goTo('preview');
    void this.store.save({ draft, job: null });
    this.operation.reset();
  }

  /**
   * Publish elsewhere from now on: on another chain, by another Ocean Node.
   *
   * @throws APIError if the server refuses.
   */
  async change(config: IConfigChange): Promise<void> {
    await putConfig(config, this.settings);
    await this.refreshStatus();
    await this.currentForm.ask();
  }

  /** Ask where is published; never rejects. */
  async refreshStatus(): Promise<void> {
    try {
      this.currentStatus = await getOcean(this.settings);
      this.currentStatusFailure = null;
    } catch (error) {
      this.currentStatusFailure = problemOf(error);
    }
    this.changedSignal.emit();
  }

  dispose(): void {
    this.currentForm.dispose();
    this.operation.dispose();
    Signal.clearData(this);
  }

  private formOf(draft: ISavedDraft['draft']): DraftModel {
    const form = new DraftModel(draft, this.settings, this.store);
    form.changed.connect(() => this.changedSignal.emit());
    return form;
  }

  private async end(
    result: Readonly<Record<string, unknown>> | null
  ): Promise<void> {
    if (result !== null) {
      await this.store.remove(this.currentForm.draft.key);
    }
  }

  private async loadSources(): Promise<void> {
    try {
      const { items } = await getItems(
        { kind: 'all', query: '' },
        0,
        MAX_SOURCES,
        this.settings
      );
      this.currentSources = items;
    } catch {
      // A path can be typed.
    }
    this.changedSignal.emit();
  }

  private currentForm: DraftModel;
  private currentStatus: IOceanStatus | null = null;
  private currentStatusFailure: IProblem | null = null;
  private currentSources: readonly IItem[] = [];
  private readonly changedSignal = new Signal<this, void>(this);
}
