import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** A long operation on the server. Sizes are bytes, times seconds since the epoch. */
export interface IJob {
  readonly id: string;
  readonly action: string;
  readonly title: string;
  readonly state: JobState;
  readonly phase: string;
  readonly files: number;
  readonly files_total: number | null;
  readonly size: number;
  readonly size_total: number | null;
  /** Of `size`, the bytes that were already there. */
  readonly existing: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  } | null;
}

/**
 * Start an operation.
 *
 * @param action - One of the server's actions.
 * @param args - What it takes.
 */
export async function createJob(
  action: string,
  args: Readonly<Record<string, unknown>>,
  settings: ServerConnection.ISettings
): Promise<IJob> {
  const init = {
    method: 'POST',
    body: JSON.stringify({ action, arguments: args })
  };
  return asJob(await request('jobs', init, settings));
}

/** Ask for all jobs, newest first. */
export async function getJobs(
  settings: ServerConnection.ISettings
): Promise<IJob[]> {
  const body = await request('jobs', { method: 'GET' }, settings);
  const jobs = (body as { jobs?: unknown } | null)?.jobs;
  if (!Array.isArray(jobs)) {
    throw new TypeError('jupyter-ipfs/jobs: no list');
  }
  return jobs.map(asJob);
}

/** Ask for one job. */
export async function getJob(
  id: string,
  settings: ServerConnection.ISettings
): Promise<IJob> {
  return asJob(await request(`jobs/${id}`, { method: 'GET' }, settings));
}

/** Cancel a running job, or take an ended one off the server's list. */
export async function deleteJob(
  id: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  await request(`jobs/${id}`, { method: 'DELETE' }, settings);
}

/** Check that an answer is a job. */
export function asJob(body: unknown): IJob {
  const job = body as Partial<IJob> | null;
  if (
    typeof job !== 'object' ||
    job === null ||
    typeof job.id !== 'string' ||
    typeof job.state !== 'string'
  ) {
    throw new TypeError('jupyter-ipfs/jobs: not a job');
  }
  return job as IJob;
}
