import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/jobs';
import type { IJobs } from '../tokens';
import { isCID } from './cid';
import { isActive } from './jobs';
import type { IPlace } from './place';
import { placeOfResult } from './place';
import { Rate } from './rate';
import type { IUpload, UploadError, UploadsModel } from './uploads';

/** What is left on the list when it is done; of the others the caller tells the end. */
const SHOWN_WHEN_DONE = new Set([
  'store',
  'upload',
  'import',
  'export',
  'push',
  'copy-to'
]);

/** How many lines stay that have ended, failures aside. */
const MOST_ENDED = 3;

/** Storing is one thing, wherever the files come from. */
const STORING = new Set(['store', 'upload']);

/**
 * - `looking`, `sending`, `waiting`: from this browser to the server, as of an upload;
 * - `queued`, `running`: on the server;
 */
export type TransferState =
  | 'looking'
  | 'sending'
  | 'waiting'
  | 'queued'
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled';

/** One line of the sidebar's transfers. */
export interface ITransfer {
  readonly key: string;
  readonly action: string;
  readonly title: string | null;
  /** Whether it is known to be a folder. */
  readonly isFolder: boolean;
  readonly state: TransferState;
  readonly phase: string;
  readonly files: number;
  readonly filesTotal: number | null;
  readonly size: number;
  readonly sizeTotal: number | null;
  readonly existing: number;
  /** Bytes per second, if it can be told. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  readonly leftOut: IUpload['leftOut'] | null;
  /** The CID that came of it. */
  readonly root: string | null;
  readonly unchanged: boolean;
  /** Whether its name stood for it already, but its bytes were gone. */
  readonly isRestored: boolean;
  /** Where it was stored, once it was. */
  readonly place: IPlace | null;
  readonly error: UploadError | null;
  readonly canRetry: boolean;
}

/**
 * All that is under way, from this browser and on the server, as one list.
 */
export class TransfersModel {
  /**
   * @param jobs - What the server does.
   * @param uploads - What this browser sends.
   * @param now - Milliseconds of a clock that does not go back.
   */
  constructor(
    private readonly jobs: IJobs,
    private readonly uploads: UploadsModel,
    private readonly now: () => number = () => performance.now()
  ) {
    jobs.changed.connect(() => this.read(), this);
    uploads.changed.connect(() => this.read(), this);
  }

  /** Newest first. */
  get transfers(): readonly ITransfer[] {
    return this.current;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Whether it comes from this browser. */
  isUpload(key: string): boolean {
    return this.find(key).upload !== undefined;
  }

  /** Stop what runs, or take what has ended off the list. */
  async dismiss(key: string): Promise<void> {
    const { upload, job } = this.find(key);
    if (job !== undefined) {
      await this.jobs.dismiss(job.id);
      if (isActive(job)) {
        return;
      }
    }
    if (upload === undefined) {
      return;
    }
    if (['looking', 'sending', 'waiting'].includes(upload.state)) {
      this.uploads.cancel(upload.id);
    } else {
      this.uploads.dismiss(upload.id);
    }
  }

  /** Take off the list all that has ended. */
  async dismissEnded(): Promise<void> {
    for (const { key } of this.current.filter(hasEnded)) {
      await this.dismiss(key);
    }
  }

  /** What a job was started with, if this page has started it. */
  argumentsOf(key: string): Readonly<Record<string, unknown>> | null {
    const { job } = this.find(key);
    return job === undefined ? null : this.jobs.argumentsOf(job.id);
  }

  /**
   * Try what failed again.
   *
   * @param agrees - Whether it may become public.
   */
  async retry(key: string, agrees = false): Promise<void> {
    const { upload, job } = this.find(key);
    if (upload !== undefined) {
      if (job !== undefined) {
        await this.jobs.dismiss(job.id);
      }
      await this.uploads.retry(upload.id, agrees);
    } else if (job !== undefined) {
      await this.jobs.retry(job.id, agrees ? { agree: true } : {});
    }
  }

  private find(key: string): {
    upload: IUpload | undefined;
    job: IJob | undefined;
  } {
    const upload = this.uploads.uploads.find(({ id }) => uploadKey(id) === key);
    const job = this.jobs.jobs.find(({ id }) =>
      upload === undefined ? id === key : id === upload.job
    );
    return { upload, job };
  }

  private read(): void {
    const { uploads } = this.uploads;
    const claimed = new Set(uploads.map(({ job }) => job));
    const rows = [
      ...uploads.map(upload => this.ofUpload(upload)),
      ...this.jobs.jobs
        .filter(job => !claimed.has(job.id) && this.isShown(job))
        .map(job => this.ofJob(job))
    ];
    for (const key of this.rates.keys()) {
      if (!rows.some(row => `${row.key} ${row.state}` === key)) {
        this.rates.delete(key);
      }
    }
    // Oldest first: both lists have the newest at their head.
    for (const { key } of [...rows].reverse()) {
      if (!this.order.has(key)) {
        this.order.set(key, this.order.size);
      }
    }
    const place = (row: ITransfer): number => this.order.get(row.key) ?? 0;
    this.current = rows.sort((a, b) => place(b) - place(a));
    this.changedSignal.emit();
    this.tidy();
  }

  /** Take off the list what failed and has worked since, and what ended long ago. */
  private tidy(): void {
    const kept: ITransfer[] = [];
    for (const row of this.current.filter(hasEnded)) {
      const isOver =
        row.state === 'failed'
          ? kept.some(newer => newer.state === 'done' && isSame(newer, row))
          : kept.filter(({ state }) => state !== 'failed').length >= MOST_ENDED;
      if (!isOver) {
        kept.push(row);
      } else if (!this.tidied.has(row.key)) {
        this.tidied.add(row.key);
        // Where the server does not answer it only stays on the list.
        void this.dismiss(row.key).catch(() => undefined);
      }
    }
  }

  private isShown(job: IJob): boolean {
    return (
      isActive(job) ||
      (this.jobs.isOurs(job.id) &&
        (job.state === 'failed' ||
          (job.state === 'done' && SHOWN_WHEN_DONE.has(job.action))))
    );
  }

  private ofUpload(upload: IUpload): ITransfer {
    const job = this.jobs.jobs.find(({ id }) => id === upload.job);
    if (job !== undefined) {
      return {
        ...this.ofJob(job),
        key: uploadKey(upload.id),
        title: upload.title,
        isFolder: upload.isFolder,
        leftOut: upload.leftOut,
        canRetry: this.uploads.canRetry(upload.id)
      };
    }
    return this.timed({
      key: uploadKey(upload.id),
      action: 'upload',
      title: upload.title,
      isFolder: upload.isFolder,
      // Its job was taken off the list elsewhere.
      state: upload.state === 'storing' ? 'cancelled' : upload.state,
      phase: '',
      files: upload.files,
      filesTotal: null,
      size: upload.size,
      sizeTotal: upload.state === 'looking' ? null : upload.sizeTotal,
      existing: 0,
      leftOut: upload.leftOut,
      root: null,
      unchanged: false,
      isRestored: false,
      place: null,
      error: upload.error,
      canRetry: this.uploads.canRetry(upload.id)
    });
  }

  private ofJob(job: IJob): ITransfer {
    const root = job.result?.['root'] ?? this.rootSent(job);
    const wasNamed = job.result?.['unchanged'] === true;
    const hasWritten = Number(job.result?.['blocks'] ?? 0) > 0;
    return this.timed({
      key: job.id,
      action: job.action,
      title: job.title,
      isFolder: false,
      state: job.state,
      phase: job.phase,
      files: job.files,
      filesTotal: job.files_total,
      size: job.size,
      sizeTotal: job.size_total,
      existing: job.existing,
      leftOut: null,
      root: typeof root === 'string' && isCID(root) ? root : null,
      unchanged: wasNamed && !hasWritten,
      isRestored: wasNamed && hasWritten,
      place: placeOfResult(job.result),
      error: job.error === null ? null : { kind: 'refused', ...job.error },
      canRetry: this.jobs.argumentsOf(job.id) !== null
    });
  }

  /** What was sent or exported, if it was a whole root. */
  private rootSent(job: IJob): unknown {
    const path = this.jobs.argumentsOf(job.id)?.['path'];
    return typeof path === 'string' ? path.replace(/^\/ipfs\//, '') : null;
  }

  /** Add how fast it goes, and so when it will be done. */
  private timed(row: Omit<ITransfer, 'rate' | 'secondsLeft'>): ITransfer {
    if (row.state !== 'sending' && row.state !== 'running') {
      return { ...row, rate: null, secondsLeft: null };
    }
    const key = `${row.key} ${row.state}`;
    let meter = this.rates.get(key);
    if (meter === undefined) {
      meter = new Rate();
      this.rates.set(key, meter);
    }
    meter.add(row.size, this.now());
    const rate = meter.perSecond;
    const left = row.sizeTotal === null ? null : row.sizeTotal - row.size;
    return {
      ...row,
      rate,
      secondsLeft:
        rate === null || left === null || rate <= 0 ? null : left / rate
    };
  }

  private current: readonly ITransfer[] = [];
  /** By key, in the order in which they came. */
  private readonly order = new Map<string, number>();
  private readonly tidied = new Set<string>();
  private readonly rates = new Map<string, Rate>();
  private readonly changedSignal = new Signal<this, void>(this);
}

function uploadKey(id: number): string {
  return `upload-${id}`;
}

/** Whether it has come to its end, whichever. */
export function hasEnded({ state }: ITransfer): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Whether both do the same with the same thing. */
function isSame(a: ITransfer, b: ITransfer): boolean {
  return (
    a.title !== null &&
    a.title === b.title &&
    (a.action === b.action || (STORING.has(a.action) && STORING.has(b.action)))
  );
}
