import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IAssetDetail } from '../api/ocean';
import { getAsset } from '../api/ocean';
import type { IJobs } from '../tokens';
import type { IProblem } from './problem';
import { problemOf } from './problem';
import { OperationModel } from './operation';

/**
 * One asset, and what is being done with it.
 */
export class AssetModel {
  /**
   * @param did - Which.
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Runs what is done with it.
   */
  constructor(
    readonly did: string,
    private readonly settings: ServerConnection.ISettings,
    jobs: IJobs
  ) {
    this.getting = new OperationModel(settings, jobs);
    this.changing = new OperationModel(settings, jobs);
    for (const operation of [this.getting, this.changing]) {
      operation.changed.connect(() => this.changedSignal.emit());
    }
  }

  /** Buys and downloads. */
  readonly getting: OperationModel;
  /** Edits, changes the state, transfers. */
  readonly changing: OperationModel;

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  get asset(): IAssetDetail | null {
    return this.current;
  }

  get failure(): IProblem | null {
    return this.currentFailure;
  }

  /** Ask for it; never rejects. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const asset = await getAsset(this.did, this.settings);
      if (turn !== this.turn) {
        return;
      }
      this.current = asset;
      this.currentFailure = null;
    } catch (error) {
      if (turn !== this.turn) {
        return;
      }
      this.currentFailure = problemOf(error);
      const state = this.stateSet;
      // Withdrawn on this page it is listed no more, but it can be put back.
      if (
        this.current !== null &&
        state !== null &&
        this.currentFailure.code === 'AssetNotFoundError'
      ) {
        this.current = { ...this.current, state };
        this.currentFailure = null;
      }
    }
    this.changedSignal.emit();
  }

  dispose(): void {
    this.turn += 1;
    this.getting.dispose();
    this.changing.dispose();
    Signal.clearData(this);
  }

  /** What the last change has set the state to, if it was that. */
  private get stateSet(): string | null {
    const { state } = this.changing;
    const set = state.kind === 'done' ? state.result['state'] : null;
    return typeof set === 'string' ? set : null;
  }

  private current: IAssetDetail | null = null;
  private currentFailure: IProblem | null = null;
  private turn = 0;
  private readonly changedSignal = new Signal<this, void>(this);
}
