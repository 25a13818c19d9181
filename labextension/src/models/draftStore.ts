import type { IStateDB } from '@jupyterlab/statedb';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IDrafts } from '../tokens';
import type { IDraftStore, ISavedDraft } from './draft';
import { asSavedDraft } from './draft';

const NAMESPACE = 'jupyter-ipfs-drafts';
const AUTHOR = 'jupyter-ipfs-author';

/**
 * The drafts of this user, kept on the server with the state of the page.
 */
export class DraftStore implements IDraftStore, IDrafts {
  /**
   * @param state - Where they are kept; without it only as long as the page is open.
   */
  constructor(private readonly state: IStateDB | null) {}

  /** The drafts, the newest first. */
  get drafts(): readonly ISavedDraft[] {
    return [...this.saved.values()].reverse();
  }

  /** Who was the author last time. */
  get author(): string {
    return this.lastAuthor;
  }

  get changed(): ISignal<IDrafts, void> {
    return this.changedSignal;
  }

  /** Read what was kept; never rejects. */
  async load(): Promise<void> {
    try {
      const { values } = (await this.state?.list(NAMESPACE)) ?? { values: [] };
      for (const value of values) {
        const saved = asSavedDraft(value);
        if (saved !== null) {
          this.saved.set(saved.draft.key, saved);
        }
      }
      const author = await this.state?.fetch(AUTHOR);
      this.lastAuthor = typeof author === 'string' ? author : '';
    } catch {
      // What cannot be read is begun anew.
    }
    this.changedSignal.emit();
  }

  async save(saved: ISavedDraft): Promise<void> {
    const { draft } = saved;
    this.saved.set(draft.key, saved);
    this.changedSignal.emit();
    // Plain data: what is `readonly` here is JSON there.
    await this.state?.save(
      `${NAMESPACE}:${draft.key}`,
      JSON.parse(JSON.stringify(saved)) as Parameters<IStateDB['save']>[1]
    );
    if (saved.job !== null && draft.author !== this.lastAuthor) {
      this.lastAuthor = draft.author;
      await this.state?.save(AUTHOR, draft.author);
    }
  }

  async remove(key: string): Promise<void> {
    this.saved.delete(key);
    this.changedSignal.emit();
    await this.state?.remove(`${NAMESPACE}:${key}`);
  }

  private readonly saved = new Map<string, ISavedDraft>();
  private lastAuthor = '';
  private readonly changedSignal = new Signal<this, void>(this);
}
