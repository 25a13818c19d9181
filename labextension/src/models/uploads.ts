import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/jobs';
import { APIError } from '../api/request';
import type { IPicked } from './drop';
import type { IClock } from './sending';
import { FileChangedError, Sending } from './sending';
import { storeName } from './storeName';

/** Why an upload did not work; those that the page itself finds have no words yet. */
export type UploadError =
  | { readonly kind: 'nothing-to-store' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'file-changed' }
  | { readonly kind: 'no-answer' }
  | {
      readonly kind: 'refused';
      readonly code: string | null;
      readonly message: string;
      readonly hint: string | null;
    };

/**
 * - `looking`: the files are being found;
 * - `sending`: their bytes go to the server;
 * - `waiting`: the server does not answer, it tries again;
 * - `storing`: a job stores them;
 */
export type UploadState =
  'looking' | 'sending' | 'waiting' | 'storing' | 'failed' | 'cancelled';

/** Files on their way from this browser into IPFS. */
export interface IUpload {
  readonly id: number;
  /** The name of the only file or top folder; `null` if there are several. */
  readonly title: string | null;
  readonly isFolder: boolean;
  readonly state: UploadState;
  readonly files: number;
  readonly size: number;
  readonly sizeTotal: number;
  /** What was chosen and is left out. */
  readonly leftOut: Pick<IPicked, 'hidden' | 'emptyFolders' | 'clashes'>;
  /** The job that stores them, once all is sent. */
  readonly job: string | null;
  readonly error: UploadError | null;
}

/** What an upload needs of jobs. */
export interface IJobFollower {
  follow(job: IJob): Promise<unknown>;
}

const NOTHING_LEFT_OUT = { hidden: 0, emptyFolders: 0, clashes: 0 };

/**
 * Brings files from this browser to the server and has them stored, each choice as one root.
 */
export class UploadsModel {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Follows the jobs that store.
   * @param clock - Measures and waits; the real one unless told.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly jobs: IJobFollower,
    private readonly clock?: IClock
  ) {}

  /** Newest first. */
  get uploads(): readonly IUpload[] {
    return this.current;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Whether leaving the page would cut an upload. */
  get isSending(): boolean {
    return this.current.some(({ state }) =>
      ['looking', 'sending', 'waiting'].includes(state)
    );
  }

  /**
   * Store files; never rejects.
   *
   * @param find - Finds the files, telling how many there are so far.
   * @param what - What is known of it before.
   */
  async start(
    find: (
      signal: AbortSignal,
      onFound: (files: number) => void
    ) => Promise<IPicked>,
    what: { readonly name: string | null; readonly isFolder: boolean } = {
      name: null,
      isFolder: false
    }
  ): Promise<void> {
    const id = this.nextId++;
    const abort = new AbortController();
    this.running.set(id, abort);
    this.current = [
      {
        id,
        title: what.name,
        isFolder: what.isFolder,
        state: 'looking',
        files: 0,
        size: 0,
        sizeTotal: 0,
        leftOut: NOTHING_LEFT_OUT,
        job: null,
        error: null
      },
      ...this.current
    ];
    this.changedSignal.emit();
    let picked: IPicked;
    try {
      picked = await find(abort.signal, files => this.set(id, { files }));
    } catch {
      this.fail(id, { kind: 'unreadable' }, abort.signal);
      return;
    }
    this.set(id, {
      title: picked.name,
      files: picked.files.length,
      sizeTotal: picked.files.reduce((sum, { file }) => sum + file.size, 0),
      leftOut: {
        hidden: picked.hidden,
        emptyFolders: picked.emptyFolders,
        clashes: picked.clashes
      }
    });
    if (picked.files.length === 0) {
      this.fail(id, { kind: 'nothing-to-store' }, abort.signal);
      return;
    }
    this.picked.set(id, picked);
    await this.send(id, picked, abort);
  }

  /**
   * Try one that failed again, from where it was cut.
   *
   * @param agrees - Whether it may become public.
   */
  async retry(id: number, agrees = false): Promise<void> {
    const picked = this.picked.get(id);
    if (picked === undefined) {
      return;
    }
    const abort = new AbortController();
    this.running.set(id, abort);
    this.set(id, { job: null, error: null });
    await this.send(id, picked, abort, agrees);
  }

  canRetry(id: number): boolean {
    return this.picked.has(id);
  }

  /** Stop one that is being sent; what the server has received is dropped. */
  cancel(id: number): void {
    this.running.get(id)?.abort();
  }

  /** Take one off the list. */
  dismiss(id: number): void {
    this.cancel(id);
    this.picked.delete(id);
    this.current = this.current.filter(upload => upload.id !== id);
    this.changedSignal.emit();
  }

  private async send(
    id: number,
    picked: IPicked,
    abort: AbortController,
    agrees = false
  ): Promise<void> {
    const { signal } = abort;
    const sending = new Sending(
      picked,
      {
        // A CAR file's root is named by the server, which can read it.
        ...(picked.as === undefined
          ? { name: storeName(picked.name) }
          : { name: null, as: picked.as }),
        ...(agrees ? { agree: true } : {})
      },
      this.settings,
      (size, answers) =>
        this.set(id, { size, state: answers ? 'sending' : 'waiting' }),
      this.clock
    );
    this.set(id, { state: 'sending' });
    let job: IJob;
    try {
      job = await sending.run(signal);
    } catch (error) {
      if (signal.aborted) {
        // The server drops what nobody continues; this only frees the space at once.
        await sending.discard().catch(() => undefined);
      }
      this.fail(id, uploadError(error), signal);
      return;
    }
    this.running.delete(id);
    // In the job's list first, so that it is never in neither.
    const end = this.jobs.follow(job);
    this.set(id, { state: 'storing', job: job.id });
    // How it ended is told by the job.
    await end.catch(() => undefined);
  }

  private fail(id: number, error: UploadError, signal: AbortSignal): void {
    this.running.delete(id);
    this.set(
      id,
      signal.aborted
        ? { state: 'cancelled', error: null }
        : { state: 'failed', error }
    );
  }

  private set(id: number, change: Partial<IUpload>): void {
    this.current = this.current.map(upload =>
      upload.id === id ? { ...upload, ...change } : upload
    );
    this.changedSignal.emit();
  }

  private nextId = 1;
  private current: readonly IUpload[] = [];
  private readonly picked = new Map<number, IPicked>();
  private readonly running = new Map<number, AbortController>();
  private readonly changedSignal = new Signal<this, void>(this);
}

function uploadError(error: unknown): UploadError {
  if (error instanceof FileChangedError) {
    return { kind: 'file-changed' };
  }
  if (error instanceof APIError) {
    const { code, message, hint } = error;
    return { kind: 'refused', code, message, hint };
  }
  return { kind: 'no-answer' };
}
