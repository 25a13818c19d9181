import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/jobs';
import type { IFinding, IPlan, IPlannedInput, IShared } from '../api/sharing';
import { asShared, createPlan } from '../api/sharing';
import type { IJobs } from '../tokens';
import { JobCancelled, isActive } from './jobs';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** The steps of sharing, in order. */
export const SHARE_STEPS = ['what', 'how', 'done'] as const;
export type ShareStep = (typeof SHARE_STEPS)[number];

/** What the author writes about it. */
export type ShareField = 'title' | 'authors' | 'license' | 'description';

/** Such inputs cannot be in a bundle, whatever one chooses. */
const NEVER = new Set(['outside', 'missing']);

/** Left out, these leave no trace in a bundle (safety.md 18). */
const UNSAID = new Set(['hidden', 'secret']);

/** These the dialog says by itself, with what to do about them. */
const SAID = new Set(['not-recorded', 'network', 'not-included']);

/** Starts a job; `null` if somebody did not agree to what it needs. */
export type RunJob = (
  action: string,
  args: Readonly<Record<string, unknown>>,
  title: string
) => Promise<Readonly<Record<string, unknown>> | null>;

/** What is known of jobs that run, and how one is stopped. */
export type RunningJobs = Pick<
  IJobs,
  'jobs' | 'changed' | 'argumentsOf' | 'dismiss'
>;

/** A file that holds the share. */
export interface ISavedShare {
  readonly form: 'car' | 'zip';
  readonly path: string;
  readonly size: number;
}

/** What is under way. */
export type SharingBusy = 'looking' | 'running' | 'sharing' | 'saving' | null;

/**
 * A notebook on its way to others: what of it, what is wrong with it, and how they get it.
 */
export class SharingModel {
  /**
   * @param path - Where the notebook lies in the workspace.
   * @param kernel - Whose recorded run is meant, if one is known.
   * @param run - Starts a job.
   * @param jobs - Those that run, for how far it has come.
   * @param settings - The connection to the Jupyter server.
   */
  constructor(
    readonly path: string,
    private kernel: string | null,
    private readonly run: RunJob,
    private readonly jobs: RunningJobs,
    private readonly settings: ServerConnection.ISettings
  ) {
    jobs.changed.connect(() => {
      if (this.busy !== null || this.shared !== null) {
        this.emit();
      }
    }, this);
  }

  get step(): ShareStep {
    return this.currentStep;
  }

  /** What would be shared; `null` as long as that is not known. */
  get plan(): IPlan | null {
    return this.currentPlan;
  }

  /** What did not work last. */
  get problem(): IProblem | null {
    return this.currentProblem;
  }

  get busy(): SharingBusy {
    return this.currentBusy;
  }

  /** Whether what was under way last was stopped by somebody. */
  get isCancelled(): boolean {
    return this.cancelled;
  }

  /** The server's part of what is under way. */
  get job(): IJob | null {
    const subjects = [this.path, this.currentShared?.root];
    return this.currentBusy === null
      ? null
      : (this.jobs.jobs.find(
          job =>
            isActive(job) &&
            subjects.includes(
              this.jobs.argumentsOf(job.id)?.['path'] as string | undefined
            )
        ) ?? null);
  }

  get shared(): IShared | null {
    return this.currentShared;
  }

  /** Whether what was shared has the signature of who shared it. */
  get isSharedSigned(): boolean {
    return this.sharedSigned;
  }

  /** To which folders and nodes what was shared was sent from this page. */
  get sentTo(): readonly string[] {
    const path = `/ipfs/${this.currentShared?.root ?? ''}`;
    const targets = this.jobs.jobs
      .filter(({ action, state }) => action === 'push' && state === 'done')
      .map(({ id }) => this.jobs.argumentsOf(id))
      .filter(args => args?.['path'] === path)
      .map(args => String(args?.['target']));
    return [...new Set(targets)];
  }

  /** Where it was saved to. */
  get saved(): readonly ISavedShare[] {
    return this.savedFiles;
  }

  /** Whether its secrets may be shared. */
  get secretsAgreed(): boolean {
    return this.agreed;
  }

  /** Whether the wallet signs it. */
  get isSigned(): boolean {
    return this.signed;
  }

  /** Emitted after any of these has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** What a field says. */
  field(name: ShareField): string {
    const plan = this.currentPlan;
    return (
      this.fields.get(name) ??
      (plan === null
        ? ''
        : name === 'authors'
          ? plan.authors.join(', ')
          : plan[name])
    );
  }

  setField(name: ShareField, text: string): void {
    this.fields.set(name, text);
    this.emit();
  }

  /** Whether an input can be in the bundle at all. */
  canSelect(input: IPlannedInput): boolean {
    return input.selectable !== false && !NEVER.has(input.why_not);
  }

  /** Whether nothing is told of an input that is left out, not even that there was one. */
  isUnsaid(input: IPlannedInput): boolean {
    return !this.isSelected(input) && UNSAID.has(input.why_not);
  }

  isSelected(input: IPlannedInput): boolean {
    return (
      this.canSelect(input) && (this.chosen.get(input.path) ?? input.selected)
    );
  }

  select(path: string, isSelected: boolean): void {
    this.chosen.set(path, isSelected);
    this.agreed = false;
    this.emit();
  }

  /** Where to get an input that is not included. */
  where(input: IPlannedInput): string {
    return this.places.get(input.path) ?? input.where;
  }

  setWhere(path: string, text: string): void {
    this.places.set(path, text);
    this.emit();
  }

  agreeToSecrets(agreed: boolean): void {
    this.agreed = agreed;
    this.emit();
  }

  sign(signed: boolean): void {
    this.signed = signed;
    this.emit();
  }

  /** What is wrong with what is chosen; the worst comes first. */
  get findings(): readonly IFinding[] {
    const plan = this.currentPlan;
    const isLeftOut = (path: string): boolean =>
      plan?.inputs.some(
        input => input.path === path && !this.isSelected(input)
      ) ?? false;
    const order = ['secret', 'warning', 'note'];
    return [...(plan?.findings ?? [])]
      .filter(
        ({ kind, path }) =>
          (path === null || !isLeftOut(path)) &&
          !(kind === 'no-licence' && this.field('license').trim() !== '') &&
          !SAID.has(kind)
      )
      .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  }

  get secrets(): readonly IFinding[] {
    return this.findings.filter(({ level }) => level === 'secret');
  }

  /** About how many bytes will be shared. */
  get size(): number {
    const plan = this.currentPlan;
    return (plan?.inputs ?? []).reduce(
      (size, input) =>
        size +
        (this.isSelected(input) ? input.size : 0) -
        (input.selected ? input.size : 0),
      plan?.size ?? 0
    );
  }

  /** Whether it can be shared as it is chosen now. */
  get canShare(): boolean {
    return (
      this.currentPlan !== null &&
      this.currentBusy === null &&
      this.field('title').trim() !== '' &&
      (this.secrets.length === 0 || this.agreed)
    );
  }

  /** Ask what would be shared; never rejects. */
  async look(): Promise<void> {
    await this.during('looking', async () => {
      const { path, kernel } = this;
      const choices = { path, ...(kernel === null ? {} : { kernel }) };
      this.currentPlan = await createPlan(choices, this.settings);
      this.agreed = false;
    });
  }

  /** Do something that makes another run of the notebook, then look again; never rejects. */
  async record(act: () => Promise<void>): Promise<void> {
    if (await this.during('running', act)) {
      await this.look();
    }
  }

  /** Say which kernel has run it last. */
  ranIn(kernel: string | null): void {
    this.kernel = kernel ?? this.kernel;
  }

  /** Store it; never rejects. */
  async share(): Promise<void> {
    const plan = this.currentPlan;
    if (plan === null || !this.canShare) {
      return;
    }
    const title = this.field('title').trim();
    await this.during('sharing', async () => {
      const result = await this.run('share', this.choices(plan), title);
      if (result !== null) {
        this.currentShared = asShared(result);
        this.sharedSigned = this.signed;
        this.savedFiles = [];
        this.currentStep = 'how';
      }
    });
  }

  /** Have the wallet sign what was shared; its link changes. Never rejects. */
  async signShared(): Promise<void> {
    const shared = this.currentShared;
    if (shared === null) {
      return;
    }
    await this.during('sharing', async () => {
      const args = { path: shared.root, role: 'author' };
      const result = await this.run('sign-bundle', args, this.field('title'));
      if (typeof result?.['root'] === 'string') {
        const { root } = result;
        this.currentShared = { ...shared, root, link: `ipfs://${root}` };
        this.sharedSigned = true;
        this.savedFiles = [];
      }
    });
  }

  /** Write what was shared as a file; never rejects. */
  async save(form: 'car' | 'zip', to: string): Promise<void> {
    const shared = this.currentShared;
    if (shared === null) {
      return;
    }
    await this.during('saving', async () => {
      const args = { path: shared.root, form, to };
      const result = await this.run('save-bundle', args, this.field('title'));
      if (result !== null) {
        const { path, size } = result;
        const saved = {
          form,
          path: typeof path === 'string' ? path : to,
          size: typeof size === 'number' ? size : 0
        };
        this.savedFiles = [
          ...this.savedFiles.filter(each => each.path !== saved.path),
          saved
        ];
      }
    });
  }

  /** Stop what is under way on the server. */
  async cancel(): Promise<void> {
    const { job } = this;
    if (job !== null) {
      await this.jobs.dismiss(job.id);
    }
  }

  /**
   * Nobody looks at it for now. What was typed and chosen stays; the next share begins with the
   * first step, and is not signed unless somebody says so again.
   */
  leave(): void {
    if (this.currentBusy === null) {
      this.signed = false;
      this.cancelled = false;
      this.goTo('what');
    }
  }

  /** Somebody looks at it again; what is under way, or has ended meanwhile, is what they see. */
  async come(kernel: string | null): Promise<void> {
    this.ranIn(kernel);
    if (this.currentBusy === null && this.currentStep === 'what') {
      await this.look();
    }
  }

  /** Go to another step, if that can be. */
  goTo(step: ShareStep): void {
    if (step === 'what' || this.currentShared !== null) {
      this.currentStep = step;
      this.currentProblem = null;
      this.emit();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  private choices(plan: IPlan): Readonly<Record<string, unknown>> {
    const inputs = plan.inputs.filter(input => this.canSelect(input));
    const paths = (isSelected: boolean): string[] =>
      inputs
        .filter(input => this.isSelected(input) === isSelected)
        .map(({ path }) => path);
    const where: Record<string, string> = {};
    for (const input of plan.inputs) {
      const text = this.where(input).trim();
      if (text !== '' && !this.isSelected(input) && !this.isUnsaid(input)) {
        where[input.path] = text;
      }
    }
    return {
      path: this.path,
      ...(this.kernel === null ? {} : { kernel: this.kernel }),
      include: paths(true),
      exclude: paths(false),
      title: this.field('title').trim(),
      authors: authorsOf(this.field('authors')),
      license: this.field('license').trim(),
      description: this.field('description').trim(),
      where,
      ...(this.signed ? { sign: true } : {}),
      ...(this.agreed ? { secrets: true } : {})
    };
  }

  /** Whether it was done; what went wrong is kept. */
  private async during(
    busy: NonNullable<SharingBusy>,
    act: () => Promise<void>
  ): Promise<boolean> {
    this.currentBusy = busy;
    this.currentProblem = null;
    this.cancelled = false;
    this.emit();
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof JobCancelled) {
        this.cancelled = true;
      } else {
        this.currentProblem = problemOf(error);
      }
      return false;
    } finally {
      this.currentBusy = null;
      this.emit();
    }
  }

  private emit(): void {
    if (!this.isDisposed) {
      this.changedSignal.emit();
    }
  }

  private currentStep: ShareStep = 'what';
  private cancelled = false;
  private sharedSigned = false;
  private currentPlan: IPlan | null = null;
  private currentProblem: IProblem | null = null;
  private currentBusy: SharingBusy = null;
  private currentShared: IShared | null = null;
  private savedFiles: readonly ISavedShare[] = [];
  private agreed = false;
  private signed = false;
  private isDisposed = false;
  private readonly fields = new Map<ShareField, string>();
  private readonly chosen = new Map<string, boolean>();
  private readonly places = new Map<string, string>();
  private readonly changedSignal = new Signal<this, void>(this);
}

/** Names that are separated by commas or lines. */
export function authorsOf(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map(name => name.trim())
    .filter(name => name !== '');
}
