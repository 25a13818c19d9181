import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IBlock } from '../api/blocks';
import { getBlock } from '../api/blocks';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** How many links of a block the picture draws. */
export const DRAWN_LINKS = 6;

/** How many links of a linked block the picture draws. */
export const DRAWN_BELOW = 3;

/** What is known of the block that is looked at. */
export type InspectorState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: IProblem }
  | { readonly kind: 'block'; readonly block: IBlock };

/**
 * A walk from block to block.
 */
export class InspectorModel {
  /**
   * @param cid - Where the walk begins.
   * @param settings - The connection to the Jupyter server.
   */
  constructor(
    cid: string,
    private readonly settings: ServerConnection.ISettings
  ) {
    this.trail = [cid];
  }

  get state(): InspectorState {
    return this.currentState;
  }

  /** The CIDs on the way here; the last one is looked at. */
  get walked(): readonly string[] {
    return this.trail;
  }

  /** The first linked blocks by CID, as far as they are known yet. */
  get below(): ReadonlyMap<string, IBlock> {
    return this.linked;
  }

  /** Emitted after any of these has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Ask for the block; never rejects. */
  async load(): Promise<void> {
    const cid = this.trail[this.trail.length - 1];
    const isCurrent = (): boolean =>
      cid === this.trail[this.trail.length - 1] && !this.isDisposed;
    this.set({ kind: 'loading' });
    try {
      const block = await getBlock(cid, this.settings);
      if (!isCurrent()) {
        return;
      }
      this.set({ kind: 'block', block });
      const cids = block.links.slice(0, DRAWN_LINKS).map(link => link.cid);
      const unknown = new Set(cids.filter(known => !this.linked.has(known)));
      await Promise.all(Array.from(unknown, linked => this.peek(linked)));
      if (isCurrent()) {
        this.changedSignal.emit();
      }
    } catch (error) {
      if (isCurrent()) {
        this.set({ kind: 'failed', problem: problemOf(error) });
      }
    }
  }

  /** Go on to a linked block. */
  async follow(cid: string): Promise<void> {
    this.trail = [...this.trail, cid];
    await this.load();
  }

  /** Go back to a block on the way here; by default to the one before. */
  async back(index = this.trail.length - 2): Promise<void> {
    if (index >= 0 && index < this.trail.length - 1) {
      this.trail = this.trail.slice(0, index + 1);
      await this.load();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  /** Look at a linked block; one that cannot be read is just not drawn further. */
  private async peek(cid: string): Promise<void> {
    try {
      this.linked.set(cid, await getBlock(cid, this.settings));
    } catch {
      // The block itself says why when somebody goes there.
    }
  }

  private set(state: InspectorState): void {
    this.currentState = state;
    this.changedSignal.emit();
  }

  private trail: readonly string[];
  private isDisposed = false;
  private currentState: InspectorState = { kind: 'loading' };
  private readonly linked = new Map<string, IBlock>();
  private readonly changedSignal = new Signal<this, void>(this);
}
