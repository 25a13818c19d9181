import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../api/jobs';
import { createJob, deleteJob, getJob, getJobs } from '../api/jobs';
import { APIError } from '../api/request';
import type { IJobs, IServerEvents, JobProgress } from '../tokens';

/** How often a running job is asked for while the server tells nothing by itself. */
const FIRST_INTERVAL_MS = 300;
const MAX_INTERVAL_MS = 5000;
/** How often in spite of events: a connection may be dead without saying so. */
const EVENTS_INTERVAL_MS = 15_000;
/** How soon it is noticed that the connection is gone. */
const TICK_MS = 1000;

/** What a job's error says when the server no longer knows the job. */
const FORGOTTEN = 'JobForgotten';

/**
 * The job was cancelled before its end.
 */
export class JobCancelled extends Error {
  /**
   * @param job - How far it had come.
   */
  constructor(readonly job: IJob) {
    super('Cancelled');
    this.name = 'JobCancelled';
  }
}

/**
 * The job did not work; what it says is the server's.
 */
export class JobFailed extends APIError {
  /**
   * @param job - How it ended.
   */
  constructor(readonly job: IJob) {
    const { error } = job;
    super(0, error?.message ?? '', error?.hint ?? null, error?.code ?? null);
  }
}

/** Whether a job has not come to its end. */
export function isActive(job: Pick<IJob, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/**
 * What a job that has ended gave.
 *
 * @throws JobFailed, JobCancelled
 */
export function resultOf(end: IJob): Readonly<Record<string, unknown>> {
  if (end.state === 'cancelled') {
    throw new JobCancelled(end);
  }
  if (end.state !== 'done') {
    throw new JobFailed(end);
  }
  return end.result ?? {};
}

/** One job that somebody waits for. */
interface IFollowed {
  readonly end: Promise<IJob>;
  readonly settle: (job: IJob) => void;
  interval: number;
  /** For how long it was not asked for, in milliseconds. */
  unasked: number;
  /** Whether the server told by itself when it was asked for last. */
  wasTold: boolean;
  timer: ReturnType<typeof setTimeout> | null;
}

/**
 * Starts jobs and follows them: by the server's events, and by asking where there are none.
 */
export class JobsModel implements IJobs {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param events - What the server tells by itself, if it does.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly events: IServerEvents | null = null
  ) {
    events?.jobChanged.connect(
      (_sender, progress) => this.onProgress(progress),
      this
    );
  }

  get jobs(): readonly IJob[] {
    return this.current;
  }

  get changed(): ISignal<IJobs, void> {
    return this.changedSignal;
  }

  /** Whether this page has seen the job run, and so tells of its end. */
  isOurs(id: string): boolean {
    return this.seen.has(id);
  }

  async run(
    action: string,
    args: Readonly<Record<string, unknown>>,
    title?: string
  ): Promise<Readonly<Record<string, unknown>>> {
    const job = await createJob(action, args, this.settings);
    this.started.set(job.id, { action, args, title });
    return this.follow(job);
  }

  /**
   * Follow a job that somebody has started, to its end.
   *
   * @throws As `run`.
   */
  async follow(job: IJob): Promise<Readonly<Record<string, unknown>>> {
    return resultOf(await this.end(job));
  }

  /** Follow a job to its end, and return that whether it worked or not. */
  end(job: IJob): Promise<IJob> {
    this.put(job);
    return this.watch(job);
  }

  /** What this page has started a job with; `retry` can start only such a one again. */
  argumentsOf(id: string): Readonly<Record<string, unknown>> | null {
    return this.started.get(id)?.args ?? null;
  }

  /**
   * Take a job that failed off the list and start the same one again.
   *
   * @param more - What it is told besides.
   */
  async retry(
    id: string,
    more: Readonly<Record<string, unknown>> = {}
  ): Promise<void> {
    const start = this.started.get(id);
    if (start === undefined) {
      return;
    }
    await this.dismiss(id);
    await this.run(start.action, { ...start.args, ...more }, start.title);
  }

  async dismiss(id: string): Promise<void> {
    const job = this.find(id);
    try {
      await deleteJob(id, this.settings);
    } catch (error) {
      // It has ended, and is forgotten, elsewhere.
      if (!(error instanceof APIError && error.status === 404)) {
        throw error;
      }
    }
    if (job !== undefined && isActive(job)) {
      await this.ask(id);
      return;
    }
    this.current = this.current.filter(other => other.id !== id);
    this.started.delete(id);
    this.seen.delete(id);
    this.changedSignal.emit();
  }

  /** Ask for all jobs, and follow those that run: after a reload they are found again. */
  async refresh(): Promise<void> {
    const jobs = await getJobs(this.settings);
    const known = new Set(jobs.map(job => job.id));
    const lost = this.current.filter(
      job => !known.has(job.id) && isActive(job)
    );
    const ended = this.current.filter(
      job => !known.has(job.id) && !isActive(job)
    );
    this.current = [...jobs, ...lost, ...ended].map(job => this.titled(job));
    for (const job of this.current) {
      this.heard(job);
    }
    this.changedSignal.emit();
  }

  dispose(): void {
    for (const followed of this.followed.values()) {
      this.stop(followed);
    }
    this.followed.clear();
    this.held?.dispose();
    this.held = null;
    Signal.clearData(this);
  }

  /** Wait for a job's end. */
  private watch(job: IJob): Promise<IJob> {
    if (!isActive(job)) {
      return Promise.resolve(job);
    }
    const known = this.followed.get(job.id);
    if (known !== undefined) {
      return known.end;
    }
    let settle: (job: IJob) => void = () => undefined;
    const end = new Promise<IJob>(resolve => {
      settle = resolve;
    });
    const followed: IFollowed = {
      end,
      settle,
      interval: FIRST_INTERVAL_MS,
      unasked: 0,
      wasTold: false,
      timer: null
    };
    this.seen.add(job.id);
    this.followed.set(job.id, followed);
    this.held ??= this.events?.hold() ?? null;
    this.askLater(job.id, followed);
    return end;
  }

  /** Ask again before long; where the server tells of it by itself, only now and then. */
  private askLater(id: string, followed: IFollowed): void {
    this.stop(followed);
    const wait = this.isTold ? TICK_MS : followed.interval;
    followed.interval = this.isTold
      ? FIRST_INTERVAL_MS
      : Math.min(followed.interval * 1.5, MAX_INTERVAL_MS);
    followed.timer = setTimeout(() => {
      followed.unasked += wait;
      if (
        this.isTold &&
        followed.wasTold &&
        followed.unasked < EVENTS_INTERVAL_MS
      ) {
        this.askLater(id, followed);
      } else {
        followed.unasked = 0;
        // What happened before the connection was open nobody has told.
        followed.wasTold = this.isTold;
        void this.ask(id);
      }
    }, wait);
  }

  /** Whether the server tells by itself, at this moment. */
  private get isTold(): boolean {
    return this.events?.isOpen === true;
  }

  private stop(followed: IFollowed): void {
    if (followed.timer !== null) {
      clearTimeout(followed.timer);
      followed.timer = null;
    }
  }

  /**
   * Ask for one job, once at a time: as soon as its end is known it may be taken off the list,
   * and a second answer would be that there is none.
   */
  private async ask(id: string): Promise<void> {
    const before = this.asking.get(id);
    const asking = (before ?? Promise.resolve()).then(() => this.askNow(id));
    this.asking.set(id, asking);
    await asking;
    if (this.asking.get(id) === asking) {
      this.asking.delete(id);
    }
  }

  /** Never rejects: a server that does not answer is asked again later. */
  private async askNow(id: string): Promise<void> {
    const known = this.find(id);
    if (known === undefined || !isActive(known)) {
      return;
    }
    try {
      this.put(await getJob(id, this.settings));
    } catch (error) {
      const job = this.find(id);
      if (
        error instanceof APIError &&
        error.status === 404 &&
        job !== undefined
      ) {
        this.put({
          ...job,
          state: 'failed',
          error: { code: FORGOTTEN, message: '', hint: null }
        });
      }
    }
    const followed = this.followed.get(id);
    if (followed !== undefined) {
      this.askLater(id, followed);
    }
  }

  private onProgress(progress: JobProgress): void {
    const job = this.find(progress.id);
    if (job === undefined || !isActive(job)) {
      return;
    }
    if (isActive(progress)) {
      this.put({ ...job, ...progress });
    } else {
      // Events carry neither result nor error (safety.md 11).
      void this.ask(progress.id);
    }
  }

  private find(id: string): IJob | undefined {
    return this.current.find(job => job.id === id);
  }

  /** Enter what is newly known of a job. */
  private put(answer: IJob): void {
    const job = this.titled(answer);
    const index = this.current.findIndex(other => other.id === job.id);
    if (index === -1) {
      this.current = [job, ...this.current];
    } else {
      this.current = this.current.map(other =>
        other.id === job.id ? job : other
      );
    }
    this.heard(job);
    this.changedSignal.emit();
  }

  /** The job as this page calls it. */
  private titled(job: IJob): IJob {
    const title = this.started.get(job.id)?.title;
    return title === undefined ? job : { ...job, title };
  }

  private heard(job: IJob): void {
    if (isActive(job)) {
      void this.watch(job);
      return;
    }
    const followed = this.followed.get(job.id);
    if (followed === undefined) {
      return;
    }
    this.stop(followed);
    this.followed.delete(job.id);
    if (this.followed.size === 0) {
      this.held?.dispose();
      this.held = null;
    }
    followed.settle(job);
  }

  private current: readonly IJob[] = [];
  private held: IDisposable | null = null;
  private readonly followed = new Map<string, IFollowed>();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly seen = new Set<string>();
  private readonly started = new Map<
    string,
    {
      readonly action: string;
      readonly args: Readonly<Record<string, unknown>>;
      readonly title: string | undefined;
    }
  >();
  private readonly changedSignal = new Signal<this, void>(this);
}
