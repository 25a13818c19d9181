import type { ServerConnection } from '@jupyterlab/services';

import type { IJob } from './jobs';
import { asJob } from './jobs';
import { request } from './request';

/** One file of an upload; the upload's bytes are those of its files, in this order. */
export interface IManifestFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since the epoch, as browsers tell it. */
  readonly modified: number;
}

/** How far an upload has come. */
export interface IUploadProgress {
  readonly id: string;
  /** Bytes that the server has. */
  readonly received: number;
}

/**
 * Announce files; an unfinished upload of the same ones is given back.
 */
export async function createUpload(
  files: readonly IManifestFile[],
  settings: ServerConnection.ISettings
): Promise<IUploadProgress> {
  const init = { method: 'POST', body: JSON.stringify({ files }) };
  return asProgress(await request('uploads', init, settings));
}

/** Ask how far an upload has come. */
export async function getUpload(
  id: string,
  settings: ServerConnection.ISettings,
  signal: AbortSignal
): Promise<IUploadProgress> {
  const init = { method: 'GET', signal };
  return asProgress(await request(`uploads/${id}`, init, settings));
}

/**
 * Send the bytes that follow those which the server has.
 *
 * @returns How many it has now.
 */
export async function putSlice(
  id: string,
  offset: number,
  body: Blob,
  settings: ServerConnection.ISettings,
  signal: AbortSignal
): Promise<number> {
  const init = {
    method: 'PUT',
    body,
    headers: { 'Content-Type': 'application/octet-stream' },
    signal
  };
  const resource = `uploads/${id}?offset=${offset}`;
  const answer = await request(resource, init, settings);
  return received(answer);
}

/** How the files of an upload are stored. */
export interface ICommit {
  /** The name of the result, if it gets one. */
  readonly name: string | null;
  /** Whether it may become public. */
  readonly agree?: boolean;
  /** What the one file is, if what is in it is taken in. */
  readonly as?: 'car';
}

/** Have the files stored, all bytes being there. */
export async function commitUpload(
  id: string,
  commit: ICommit,
  settings: ServerConnection.ISettings
): Promise<IJob> {
  const init = { method: 'POST', body: JSON.stringify(commit) };
  return asJob(await request(`uploads/${id}/commit`, init, settings));
}

/** Give an upload up; its bytes are dropped. */
export async function deleteUpload(
  id: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  await request(`uploads/${id}`, { method: 'DELETE' }, settings);
}

function asProgress(body: unknown): IUploadProgress {
  const id = (body as { id?: unknown } | null)?.id;
  if (typeof id !== 'string') {
    throw new TypeError('jupyter-ipfs/uploads: no id');
  }
  return { id, received: received(body) };
}

function received(body: unknown): number {
  const count = (body as { received?: unknown } | null)?.received;
  if (typeof count !== 'number') {
    throw new TypeError('jupyter-ipfs/uploads: no count of bytes');
  }
  return count;
}
