import type { ServerConnection } from '@jupyterlab/services';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { APIError } from '../api/request';
import { getStatus } from '../api/status';
import type { IBackendStatus } from '../api/status';
import type { INodeStatus } from '../tokens';

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
  | { readonly kind: 'answered'; readonly status: IBackendStatus }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint: string | null;
    };

const INTERVAL_MS = 60_000;
const MAX_INTERVAL_MS = 600_000;

/**
 * Asks for the node's state once a minute, and not at all while the page is hidden.
 */
export class NodeStatusModel implements INodeStatus {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {
    this.poll = new Poll({
      name: 'jupyter-ipfs:node-status',
      factory: () => this.ask(),
      frequency: {
        interval: INTERVAL_MS,
        backoff: true,
        max: MAX_INTERVAL_MS
      },
      linger: 0,
      standby: 'when-hidden'
    });
  }

  get state(): NodeState {
    return this.currentState;
  }

  get changed(): ISignal<INodeStatus, void> {
    return this.changedSignal;
  }

  async refresh(): Promise<void> {
    await this.poll.refresh();
    await this.poll.tick.catch(() => undefined);
  }

  dispose(): void {
    this.poll.dispose();
    Signal.clearData(this);
  }

  /** Rejects when there was no answer, so that the poll backs off. */
  private async ask(): Promise<void> {
    try {
      const status = await getStatus(this.settings);
      this.set({ kind: 'answered', status });
    } catch (error) {
      if (error instanceof APIError && error.isMissing) {
        this.set({ kind: 'missing' });
      } else {
        this.set({
          kind: 'failed',
          message: error instanceof Error ? error.message : String(error),
          hint: error instanceof APIError ? error.hint : null
        });
      }
      throw error;
    }
  }

  private set(state: NodeState): void {
    this.currentState = state;
    this.changedSignal.emit();
  }

  private currentState: NodeState = { kind: 'checking' };
  private readonly changedSignal = new Signal<this, void>(this);
  private readonly poll: Poll;
}
