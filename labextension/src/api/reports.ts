import type { ServerConnection } from '@jupyterlab/services';

import type { ISignature } from './bundles';
import { request } from './request';

/** From best to worst. */
export const VERDICTS = [
  'same',
  'tolerance',
  'skipped',
  'differs',
  'failed'
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How one output compares. */
export interface IOutputVerdict {
  readonly verdict: Verdict;
  readonly mime_type: string;
  /** In words, such as “numbers, within 1e-6”. */
  readonly rule: string;
  readonly detail: string;
  /** Plain text. */
  readonly diff: string;
}

/** How one cell compares, as far as it is known while others still run. */
export interface ICellProgress {
  readonly id: string;
  readonly index: number;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** How one cell compares. */
export interface ICellVerdict extends ICellProgress {
  /** It rests on a tag of the author's. */
  readonly claimed: boolean;
  readonly outputs: readonly IOutputVerdict[];
}

/** What was found when a notebook was run again. */
export interface IReport {
  readonly payload: string;
  readonly share: string | null;
  readonly at: number | string;
  readonly counts: Readonly<Record<string, number>>;
  /** How many verdicts rest on the author's tags. */
  readonly claimed: number;
  /** What may explain differences, a sentence each. */
  readonly explanations: readonly string[];
  /** What it ran on. */
  readonly machine: unknown;
  readonly cells: readonly ICellVerdict[];
}

/** A report that is here. */
export interface IReportEntry {
  /** Its CID. */
  readonly report: string;
  readonly at: number | string;
  readonly machine: unknown;
  readonly counts: Readonly<Record<string, number>>;
  readonly claimed: number;
  readonly signatures: readonly ISignature[];
  readonly by_author: boolean;
  readonly own: boolean;
}

/** What it takes to run a bundle here. */
export interface IReadiness {
  /** `null` if there is none. */
  readonly isolation: 'bubblewrap' | null;
  readonly python: {
    readonly wanted: string;
    readonly found: string | null;
  };
  /** What of the lock is not installed, and why. */
  readonly refused: readonly { readonly name: string; readonly why: string }[];
  readonly packages: number;
  /** Whether there is a lock that it can be run from; else it can only run in the own environment. */
  readonly locked: boolean;
  readonly environment_ready: boolean;
  /** What running it means, beyond these. */
  readonly words: readonly string[];
}

/** Ask what it takes to run a bundle here; nothing is run. */
export async function getReadiness(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IReadiness> {
  const resource = `bundles/${encodeURIComponent(path)}/readiness`;
  return asReadiness(await get(resource, settings));
}

/** Check that an answer says what it takes. */
export function asReadiness(body: unknown): IReadiness {
  const found = body as Partial<IReadiness> | null;
  if (!Array.isArray(found?.refused) || !Array.isArray(found.words)) {
    throw new TypeError('jupyter-ipfs/bundles: no readiness');
  }
  return {
    ...(found as IReadiness),
    refused: found.refused.map((each: unknown) => asRefused(each))
  };
}

/** A sentence begins with the name. */
function asRefused(value: unknown): IReadiness['refused'][number] {
  if (typeof value === 'string') {
    return { name: value.split(/\s/, 1)[0], why: value };
  }
  const { name, why } = (value ?? {}) as Record<string, unknown>;
  return { name: String(name), why: String(why) };
}

/** Ask for the reports about a bundle that are here. */
export async function getReports(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IReportEntry[]> {
  const resource = `bundles/${encodeURIComponent(path)}/reports`;
  const body = await get(resource, settings);
  const reports = (body as { reports?: unknown } | null)?.reports;
  if (!Array.isArray(reports)) {
    throw new TypeError('jupyter-ipfs/bundles: no reports');
  }
  return reports as IReportEntry[];
}

/** Ask for one report. */
export async function getReport(
  cid: string,
  settings: ServerConnection.ISettings
): Promise<IReport> {
  const resource = `reports/${encodeURIComponent(cid)}`;
  return asReport(await get(resource, settings));
}

/** Check that an answer is a report. */
export function asReport(body: unknown): IReport {
  const report = body as Partial<IReport> | null;
  if (
    typeof report?.payload !== 'string' ||
    typeof report.counts !== 'object' ||
    !Array.isArray(report.cells) ||
    !report.cells.every(isVerdict)
  ) {
    throw new TypeError('jupyter-ipfs/reports: not a report');
  }
  return report as IReport;
}

/** Read the verdicts of a job that runs; what is none is left out. */
export function asProgress(cells: unknown): ICellProgress[] {
  return Array.isArray(cells) ? cells.filter(isVerdict) : [];
}

function isVerdict(value: unknown): value is ICellProgress {
  const cell = value as Partial<ICellProgress> | null;
  return (
    typeof cell === 'object' &&
    cell !== null &&
    typeof cell.id === 'string' &&
    typeof cell.index === 'number' &&
    (VERDICTS as readonly unknown[]).includes(cell.verdict)
  );
}

function get(
  resource: string,
  settings: ServerConnection.ISettings
): Promise<unknown> {
  return request(resource, { method: 'GET' }, settings);
}
