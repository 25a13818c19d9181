import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IBundle,
  IDifference,
  IIntegrity,
  IProvenance
} from '../api/bundles';
import {
  asIntegrity,
  getBundle,
  getDifference,
  getProvenance
} from '../api/bundles';
import { getEntries } from '../api/entries';
import { createJob } from '../api/jobs';
import type { IJob } from '../api/jobs';
import type { IPreview } from '../api/preview';
import { getPreview } from '../api/preview';
import type {
  ICellProgress,
  ICellVerdict,
  IReport,
  IReportEntry
} from '../api/reports';
import { asProgress, asReport, getReport, getReports } from '../api/reports';
import type { IJobs } from '../tokens';
import { followClosely } from './closely';
import { JobCancelled, resultOf } from './jobs';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** An output has one file for each MIME type. */
const MAX_FILES = 50;

/** Which of an output's files is shown, the best first; what is none of these as it comes. */
const SHOWN = ['png', 'jpeg', 'jpg', 'gif', 'webp', 'txt'];

/** Something that is asked for when it is wanted. */
export type Asked<Value> =
  | { readonly kind: 'unasked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'failed'; readonly problem: IProblem }
  | { readonly kind: 'here'; readonly value: Value };

/** What somebody has allowed the code of a bundle. */
export interface IAllowed {
  readonly network: boolean;
  readonly isolation: 'bubblewrap' | 'none';
  /** Entries of the lock that are done without. */
  readonly accept: readonly string[];
  /** Whether it runs in the reader's environment, whatever its lock says. */
  readonly own_environment: boolean;
}

/** A report that is shown. */
export interface IShownReport {
  readonly cid: string;
  readonly report: IReport;
}

const UNASKED = { kind: 'unasked' } as const;

/**
 * A bundle that is looked at: what it says, what was checked of it, and what others found.
 */
export class BundleModel {
  /**
   * @param path - A CID, a path or a name.
   * @param settings - The connection to the Jupyter server.
   * @param jobs - Follows what takes long.
   */
  constructor(
    readonly path: string,
    private readonly settings: ServerConnection.ISettings,
    private readonly jobs: IJobs
  ) {}

  get bundle(): Asked<IBundle> {
    return this.currentBundle;
  }

  /** What was found when all of it was read. */
  get integrity(): Asked<IIntegrity> {
    return this.currentIntegrity;
  }

  get provenance(): Asked<IProvenance> {
    return this.currentProvenance;
  }

  get reports(): Asked<readonly IReportEntry[]> {
    return this.currentReports;
  }

  /** How running it went, or goes. */
  get replay(): Asked<IShownReport> {
    return this.currentReplay;
  }

  /** The report that is shown: of the last run here, or one that was chosen. */
  get report(): Asked<IShownReport> {
    return this.currentReport;
  }

  /** The job that runs it, or checks it. */
  get job(): IJob | null {
    return this.currentJob;
  }

  /** The other bundle that it is compared with, and what differs. */
  get difference(): Asked<{ other: string; found: IDifference }> {
    return this.currentDifference;
  }

  /** What is known of its cells, by the shown report or the run that goes on. */
  get cells(): readonly (ICellProgress | ICellVerdict)[] {
    if (this.currentReplay.kind === 'asking') {
      return this.progress;
    }
    return this.currentReport.kind === 'here'
      ? this.currentReport.value.report.cells
      : this.progress;
  }

  /** Emitted after any of these has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** What an output looks like, as far as that is safe to show. */
  output(cid: string): Asked<IPreview> {
    return this.outputs.get(cid) ?? UNASKED;
  }

  /** Ask what it says of itself; never rejects. */
  async load(): Promise<void> {
    await this.ask(
      state => (this.currentBundle = state),
      () => getBundle(this.path, this.settings)
    );
    const { currentBundle: state } = this;
    if (state.kind !== 'here') {
      return;
    }
    if (state.value.is_report) {
      await this.showReport(state.value.root);
    }
    await this.loadReports();
  }

  /** Read all of it; never rejects. */
  async check(): Promise<void> {
    await this.ask(
      state => (this.currentIntegrity = state),
      async () => asIntegrity(await this.runJob('check-bundle', {}))
    );
    await this.reload();
  }

  /** Fetch what is not here; never rejects. */
  async fetch(): Promise<IProblem | null> {
    try {
      await this.runJob('fetch', {});
      this.currentIntegrity = UNASKED;
      await this.reload();
      return null;
    } catch (error) {
      return error instanceof JobCancelled ? null : problemOf(error);
    }
  }

  /** Run it, as far as somebody has allowed; never rejects. */
  async reproduce(allowed: IAllowed): Promise<void> {
    this.progress = [];
    await this.ask(
      state => (this.currentReplay = state),
      async () => {
        const result = await this.runJob('reproduce', {
          ...allowed,
          agreed: true
        });
        const cid = String(result['report']);
        const verdicts = result['verdicts'];
        const report =
          verdicts === undefined
            ? await getReport(cid, this.settings)
            : asReport(verdicts);
        return { cid, report };
      }
    );
    const { currentReplay: state } = this;
    if (state.kind === 'here') {
      this.currentReport = state;
      await this.loadReports();
    }
  }

  /** Stop what is under way. */
  async cancel(): Promise<void> {
    if (this.currentJob !== null) {
      await this.jobs.dismiss(this.currentJob.id);
    }
  }

  /** Ask for the reports that are here; never rejects. */
  async loadReports(): Promise<void> {
    await this.ask(
      state => (this.currentReports = state),
      () => getReports(this.path, this.settings)
    );
  }

  /** Show one report; never rejects. */
  async showReport(cid: string): Promise<void> {
    this.progress = [];
    await this.ask(
      state => (this.currentReport = state),
      async () => ({ cid, report: await getReport(cid, this.settings) })
    );
  }

  /** Ask where it came from; never rejects. */
  async loadProvenance(): Promise<void> {
    if (this.currentProvenance.kind !== 'here') {
      await this.ask(
        state => (this.currentProvenance = state),
        () => getProvenance(this.path, this.settings)
      );
    }
  }

  /** Ask what differs from another bundle; never rejects. */
  async compare(other: string): Promise<void> {
    await this.ask(
      state => (this.currentDifference = state),
      async () => ({
        other,
        found: await getDifference(this.path, other, this.settings)
      })
    );
  }

  /** Ask what an output looks like; never rejects. */
  async loadOutput(cid: string): Promise<void> {
    await this.ask(
      state => this.outputs.set(cid, state),
      async () => {
        const path = `/ipfs/${cid}`;
        const { entries } = await getEntries(path, 0, MAX_FILES, this.settings);
        const names = entries.map(({ name }) => name);
        const best = SHOWN.map(end =>
          names.find(each => each.toLowerCase().endsWith(`.${end}`))
        ).find(each => each !== undefined);
        const [name] = best === undefined ? names : [best];
        return getPreview(
          names.length === 0 ? path : `${path}/${name}`,
          this.settings
        );
      }
    );
  }

  dispose(): void {
    this.disposal.abort();
    Signal.clearData(this);
  }

  /** Start a job on it and follow that to its end. */
  private async runJob(
    action: string,
    args: Readonly<Record<string, unknown>>
  ): Promise<Readonly<Record<string, unknown>>> {
    const job = await createJob(
      action,
      { path: this.path, ...args },
      this.settings
    );
    try {
      return resultOf(
        await followClosely(
          job,
          this.jobs,
          newest => this.note(newest),
          this.settings,
          this.disposal.signal
        )
      );
    } finally {
      this.currentJob = null;
    }
  }

  private note(job: IJob): void {
    const { cells } = job as { readonly cells?: unknown };
    this.currentJob = job;
    if (job.action === 'reproduce') {
      this.progress = asProgress(cells);
    }
    this.emit();
  }

  /** Look again what of it is here; what is shown stays meanwhile. */
  private async reload(): Promise<void> {
    try {
      const value = await getBundle(this.path, this.settings);
      this.currentBundle = { kind: 'here', value };
    } catch {
      // What was known before is as good.
    }
    this.emit();
  }

  private async ask<Value>(
    put: (state: Asked<Value>) => void,
    get: () => Promise<Value>
  ): Promise<void> {
    put({ kind: 'asking' });
    this.emit();
    try {
      put({ kind: 'here', value: await get() });
    } catch (error) {
      put(
        error instanceof JobCancelled
          ? UNASKED
          : { kind: 'failed', problem: problemOf(error) }
      );
    }
    this.emit();
  }

  private emit(): void {
    if (!this.disposal.signal.aborted) {
      this.changedSignal.emit();
    }
  }

  private currentBundle: Asked<IBundle> = { kind: 'asking' };
  private currentIntegrity: Asked<IIntegrity> = UNASKED;
  private currentProvenance: Asked<IProvenance> = UNASKED;
  private currentReports: Asked<readonly IReportEntry[]> = UNASKED;
  private currentReplay: Asked<IShownReport> = UNASKED;
  private currentReport: Asked<IShownReport> = UNASKED;
  private currentDifference: Asked<{ other: string; found: IDifference }> =
    UNASKED;
  private currentJob: IJob | null = null;
  private progress: readonly ICellProgress[] = [];
  private readonly disposal = new AbortController();
  private readonly outputs = new Map<string, Asked<IPreview>>();
  private readonly changedSignal = new Signal<this, void>(this);
}
