import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { APIError } from '../api/request';
import { getStatus } from '../api/status';
import type { INodeAnswer } from '../api/status';
import type { INodeStatus } from '../tokens';
import { problemOf } from './problem';

/**
 * What is known about the node.
 *
 * - `checking`: not answered yet;
 * - `answered`: the server part answered (the node itself may still be unwell);
 * - `missing`: this Jupyter server does not have the routes;
 * - `failed`: the server part answered with an error, or not at all.
 */
export type NodeState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'answered'; readonly status: INodeAnswer }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint: string | null;
    };

/** How often to ask while somebody looks: the node may go away without an event. */
const INTERVAL_MS = 60_000;
/** How soon to ask a node again that does not work; later each time. */
const RETRY_MS = 3_000;
const MAX_INTERVAL_MS = 60_000;

/**
 * Asks for the node's state once, and then only while somebody holds it and the page can be seen.
 */
export class NodeStatusModel implements INodeStatus {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {
    this.poll = new Poll({
      name: 'jupyter-ipfs:node-status',
      auto: false,
      factory: () => this.ask(),
      frequency: {
        interval: INTERVAL_MS,
        backoff: true,
        max: MAX_INTERVAL_MS
      },
      linger: 0,
      standby: 'when-hidden'
    });
    void this.refresh();
  }

  get state(): NodeState {
    return this.currentState;
  }

  get changed(): ISignal<INodeStatus, void> {
    return this.changedSignal;
  }

  hold(): IDisposable {
    this.holders += 1;
    if (this.holders === 1) {
      void this.poll.refresh();
    }
    return new DisposableDelegate(() => {
      this.holders -= 1;
      if (this.holders === 0) {
        void this.poll.stop();
      }
    });
  }

  async refresh(): Promise<void> {
    if (this.holders > 0) {
      await this.poll.refresh();
      await this.poll.tick.catch(() => undefined);
    } else {
      await this.ask().catch(() => undefined);
    }
  }

  dispose(): void {
    this.poll.dispose();
    Signal.clearData(this);
  }

  /** Rejects when the node does not work, so that the poll backs off. */
  private async ask(): Promise<void> {
    try {
      const status = await getStatus(this.settings);
      this.set({ kind: 'answered', status });
    } catch (error) {
      if (error instanceof APIError && error.isMissing) {
        this.set({ kind: 'missing' });
      } else {
        this.set({ kind: 'failed', ...problemOf(error) });
      }
    }
    const isWell =
      this.currentState.kind === 'answered' && this.currentState.status.healthy;
    this.poll.frequency = {
      interval: isWell ? INTERVAL_MS : RETRY_MS,
      backoff: true,
      max: MAX_INTERVAL_MS
    };
    if (!isWell) {
      throw new Error('the node does not work');
    }
  }

  private set(state: NodeState): void {
    this.currentState = state;
    this.changedSignal.emit();
  }

  private currentState: NodeState = { kind: 'checking' };
  private holders = 0;
  private readonly changedSignal = new Signal<this, void>(this);
  private readonly poll: Poll;
}
