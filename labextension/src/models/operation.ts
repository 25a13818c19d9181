import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/jobs';
import { createJob, getJob } from '../api/jobs';
import type { IAssetCard, IStep } from '../api/ocean';
import { asAsset, asSteps } from '../api/ocean';
import type { IJobs } from '../tokens';
import { followClosely } from './closely';
import { JobCancelled, resultOf } from './jobs';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** - `broken`: it was cancelled or failed; what is on the chain stays, and it can go on. */
export type OperationState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly job: IJob | null }
  | { readonly kind: 'broken'; readonly problem: IProblem | null }
  | {
      readonly kind: 'done';
      readonly result: Readonly<Record<string, unknown>>;
    };

/**
 * One operation that writes to the chain, followed step by step.
 */
export class OperationModel {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Follows the job.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly jobs: IJobs
  ) {}

  get state(): OperationState {
    return this.currentState;
  }

  get steps(): readonly IStep[] {
    return this.currentSteps;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  get isRunning(): boolean {
    return this.currentState.kind === 'running';
  }

  /**
   * Start a job and follow it to its end; never rejects.
   *
   * @param onStarted - Told the job's id, by which `follow` finds it again.
   * @returns Its result, or `null`; `state` says why.
   */
  async run(
    action: string,
    args: Readonly<Record<string, unknown>>,
    onStarted?: (id: string) => void
  ): Promise<Readonly<Record<string, unknown>> | null> {
    this.set({ kind: 'running', job: null });
    try {
      const job = await createJob(action, args, this.settings);
      onStarted?.(job.id);
      return await this.watch(job);
    } catch (error) {
      this.break(error);
      return null;
    }
  }

  /** Follow a job that this page started before it was loaded anew; never rejects. */
  async follow(id: string): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      return await this.watch(await getJob(id, this.settings));
    } catch (error) {
      if (this.isRunning) {
        this.break(error);
      }
      return null;
    }
  }

  /** Stop it; what is on the chain stays there. */
  async cancel(): Promise<void> {
    if (this.currentState.kind === 'running' && this.currentState.job) {
      await this.jobs.dismiss(this.currentState.job.id);
    }
  }

  /** As if nothing had been started. */
  reset(): void {
    this.currentSteps = [];
    this.set({ kind: 'idle' });
  }

  dispose(): void {
    this.disposal.abort();
    Signal.clearData(this);
  }

  private async watch(job: IJob): Promise<Readonly<Record<string, unknown>>> {
    const result = resultOf(
      await followClosely(
        job,
        this.jobs,
        newest => this.note(newest),
        this.settings,
        this.disposal.signal
      )
    );
    this.set({ kind: 'done', result });
    return result;
  }

  private break(error: unknown): void {
    this.set({
      kind: 'broken',
      problem: error instanceof JobCancelled ? null : problemOf(error)
    });
  }

  private note(job: IJob): void {
    const { steps } = job as { readonly steps?: unknown };
    this.currentSteps = asSteps(steps);
    this.set({ kind: 'running', job });
  }

  private set(state: OperationState): void {
    this.currentState = state;
    if (!this.disposal.signal.aborted) {
      this.changedSignal.emit();
    }
  }

  private currentState: OperationState = { kind: 'idle' };
  private currentSteps: readonly IStep[] = [];
  private readonly disposal = new AbortController();
  private readonly changedSignal = new Signal<this, void>(this);
}

/** The asset that a job has published, if its result says so. */
export function assetOf(state: OperationState): IAssetCard | null {
  if (state.kind !== 'done') {
    return null;
  }
  try {
    return asAsset(state.result['asset']);
  } catch {
    return null;
  }
}
