import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { getEntries } from '../api/entries';
import type { IListing } from '../api/entries';
import type { IPreview } from '../api/preview';
import { getItem } from '../api/items';
import { getPreview } from '../api/preview';
import type { IProblem } from './problem';
import { problemOf } from './problem';
import { PAGE, TreeModel } from './tree';

/** What can be shown of some content. */
export type ContentState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: IProblem }
  | {
      readonly kind: 'directory';
      readonly listing: IListing;
      readonly tree: TreeModel;
    }
  | {
      readonly kind: 'preview';
      readonly listing: IListing;
      readonly preview: IPreview;
    };

/**
 * The content at one path, as a tab shows it.
 */
export class ContentModel {
  /**
   * @param path - `/ipfs/<cid>[/sub/path]`.
   * @param title - What it is called, if not by its path.
   * @param settings - The connection to the Jupyter server.
   */
  constructor(
    readonly path: string,
    readonly title: string | null,
    private readonly settings: ServerConnection.ISettings
  ) {}

  get state(): ContentState {
    return this.currentState;
  }

  /** Emitted after `state` has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Whether it is kept on this computer; `null` as long as that is not known. */
  get isKept(): boolean | null {
    return this.kept;
  }

  /** Ask whether it is kept; never rejects. */
  async lookKept(): Promise<void> {
    const { state } = this;
    if (state.kind === 'loading' || state.kind === 'failed') {
      return;
    }
    try {
      const { pinned, needed_by, needed_by_complete } = await getItem(
        state.listing.cid,
        this.settings
      );
      this.kept =
        pinned || needed_by.length > 0
          ? true
          : needed_by_complete
            ? false
            : null;
    } catch {
      // Then nothing is said of it.
      this.kept = null;
    }
    this.changedSignal.emit();
  }

  /** Ask for it; never rejects. */
  async load(): Promise<void> {
    this.set({ kind: 'loading' });
    try {
      const listing = await getEntries(this.path, 0, PAGE, this.settings);
      if (listing.kind === 'directory') {
        const tree = new TreeModel(listing, (path, offset, limit) =>
          getEntries(path, offset, limit, this.settings)
        );
        this.set({ kind: 'directory', listing, tree });
      } else {
        const preview = await getPreview(this.path, this.settings);
        this.set({ kind: 'preview', listing, preview });
      }
      await this.lookKept();
    } catch (error) {
      this.set({ kind: 'failed', problem: problemOf(error) });
    }
  }

  dispose(): void {
    this.release();
    Signal.clearData(this);
  }

  private set(state: ContentState): void {
    this.release();
    this.currentState = state;
    this.changedSignal.emit();
  }

  private release(): void {
    if (this.currentState.kind === 'directory') {
      this.currentState.tree.dispose();
    }
  }

  private kept: boolean | null = null;
  private currentState: ContentState = { kind: 'loading' };
  private readonly changedSignal = new Signal<this, void>(this);
}
