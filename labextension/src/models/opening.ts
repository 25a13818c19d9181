import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { getConfig } from '../api/config';
import { getEntries } from '../api/entries';
import type { IListing } from '../api/entries';
import type { IJob } from '../api/jobs';
import type { IJobs } from '../tokens';
import type { AddressProblem } from './address';
import { parseAddress, titleOf } from './address';
import { JobCancelled, isActive } from './jobs';
import type { IProblem } from './problem';
import { problemOf } from './problem';
import { PAGE } from './tree';

/**
 * How far the opening of a link has come.
 *
 * - `idle`: nothing was asked for;
 * - `refused`: the text leads nowhere; nobody was asked;
 * - `looking`: is it here?
 * - `absent`: it is not here, and nobody has agreed to fetch it;
 * - `fetching`: it comes from elsewhere, and is checked on its way;
 * - `failed`: with what was tried; `gateway` is that of the link, if it was not asked;
 * - `opened`: here it is.
 */
export type OpeningState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'refused'; readonly problem: AddressProblem }
  | { readonly kind: 'looking' }
  | { readonly kind: 'absent'; readonly path: string }
  | { readonly kind: 'fetching'; readonly job: IJob | null }
  | {
      readonly kind: 'failed';
      readonly problem: IProblem;
      readonly path: string;
      readonly gateway: string | null;
    }
  | {
      readonly kind: 'opened';
      readonly listing: IListing;
      /** The name that it was asked by, if it was one. */
      readonly title: string | null;
    };

/** What the server says when a block is not here. */
const NOT_HELD = 'BlockNotFoundError';

/**
 * Follows a pasted link to its content: looks whether it is here, else fetches it.
 */
export class OpeningModel {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Runs the fetch; without it only what is here is opened.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly jobs: IJobs | null
  ) {}

  /** What stands in the box. */
  get text(): string {
    return this.currentText;
  }

  set text(text: string) {
    this.currentText = text;
    if (this.currentState.kind === 'refused') {
      this.currentState = { kind: 'idle' };
    }
    this.changedSignal.emit();
  }

  get state(): OpeningState {
    return this.currentState;
  }

  /** Emitted after `text` or `state` has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /**
   * Find what the text leads to.
   *
   * @param mayFetch - Whether to ask others if it is not here.
   * @returns What was found, or `null`; `state` says why.
   */
  async open(mayFetch = true): Promise<IListing | null> {
    const text = this.currentText;
    const address = parseAddress(text);
    if (address.kind === 'problem') {
      this.set({ kind: 'refused', problem: address.problem });
      return null;
    }
    const turn = ++this.turn;
    const { path } = address;
    const gateway = address.kind === 'content' ? address.gateway : null;
    this.set({ kind: 'looking' });
    try {
      const listing =
        (await this.look(path)) ??
        (mayFetch ? await this.fetch(path, turn) : null);
      if (turn === this.turn) {
        this.set(
          listing === null
            ? { kind: 'absent', path }
            : { kind: 'opened', listing, title: titleOf(text) }
        );
      }
      return turn === this.turn ? listing : null;
    } catch (error) {
      if (turn === this.turn) {
        await this.fail(error, path, gateway, turn);
      }
      return null;
    }
  }

  /** Stop waiting, and stop the fetch. */
  async cancel(): Promise<void> {
    const { currentState } = this;
    this.turn++;
    this.set({ kind: 'idle' });
    if (currentState.kind === 'fetching' && currentState.job !== null) {
      await this.jobs?.dismiss(currentState.job.id);
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** What is here, or `null`. */
  private async look(path: string): Promise<IListing | null> {
    try {
      return await getEntries(path, 0, PAGE, this.settings);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === NOT_HELD && this.jobs !== null) {
        return null;
      }
      throw error;
    }
  }

  private async fetch(path: string, turn: number): Promise<IListing | null> {
    const { jobs } = this;
    if (jobs === null) {
      return null;
    }
    const before = new Set(jobs.jobs.map(job => job.id));
    let id: string | null = null;
    const follow = (): void => {
      const job = jobs.jobs.find(
        other =>
          other.id === id || (other.action === 'fetch' && !before.has(other.id))
      );
      if (job !== undefined && turn === this.turn && isActive(job)) {
        id = job.id;
        this.set({ kind: 'fetching', job });
      }
    };
    this.set({ kind: 'fetching', job: null });
    jobs.changed.connect(follow);
    try {
      await jobs.run('fetch', { path });
    } finally {
      jobs.changed.disconnect(follow);
    }
    return getEntries(path, 0, PAGE, this.settings);
  }

  private async fail(
    error: unknown,
    path: string,
    gateway: string | null,
    turn: number
  ): Promise<void> {
    if (error instanceof JobCancelled) {
      this.set({ kind: 'idle' });
      return;
    }
    const wasAsked = gateway !== null && (await this.isAsked(gateway));
    if (turn === this.turn) {
      this.set({
        kind: 'failed',
        problem: problemOf(error),
        path,
        gateway: wasAsked ? null : gateway
      });
    }
  }

  /** Whether a gateway is among those that are asked for whatever is not here. */
  private async isAsked(gateway: string): Promise<boolean> {
    try {
      return (await getConfig(this.settings)).gateways.includes(gateway);
    } catch {
      return false;
    }
  }

  private set(state: OpeningState): void {
    this.currentState = state;
    this.changedSignal.emit();
  }

  private turn = 0;
  private currentText = '';
  private currentState: OpeningState = { kind: 'idle' };
  private readonly changedSignal = new Signal<this, void>(this);
}
