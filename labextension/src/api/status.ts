import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** What a person is told about a backend (`BackendStatus` in Python). */
export interface IBackendStatus {
  /** `embedded` or `kubo`. */
  readonly backend: string;
  /** Where the bytes are, in words. */
  readonly label: string;
  /** Whether it answers. */
  readonly healthy: boolean;
  /** Version, or what is wrong, in words. */
  readonly detail: string;
  /** Number of blocks held, if the backend can tell. */
  readonly blocks: number | null;
  /** Bytes on disk, if the backend can tell. */
  readonly size: number | null;
  /** Whether what is put there is announced to the public network. */
  readonly public: boolean;
}

/** Bytes on the local repo's disk. */
export interface IDisk {
  readonly used: number;
  /** Of `used`, what was only fetched and may go. */
  readonly cache: number;
  /** Of uploads that are not finished. */
  readonly staged: number;
  /** How much may be used, if that is limited. */
  readonly quota: number | null;
  readonly free: number;
}

/** How the node is, and the local repo beside it. */
export interface INodeAnswer extends IBackendStatus {
  /** The version of jupyter_ipfs. */
  readonly version?: string;
  /** Where the local repo is. */
  readonly repo?: string;
  /** The local repo, if the backend is another one. */
  readonly local?: IBackendStatus | null;
  readonly disk?: IDisk | null;
}

/**
 * Ask how the node is. The server does not count this as activity.
 */
export async function getStatus(
  settings: ServerConnection.ISettings
): Promise<INodeAnswer> {
  return asBackendStatus(await request('status', { method: 'GET' }, settings));
}

/** Check that the server's answer is a status. */
export function asBackendStatus(body: unknown): INodeAnswer {
  const status = body as Partial<INodeAnswer> | null;
  if (
    typeof status !== 'object' ||
    status === null ||
    typeof status.backend !== 'string' ||
    typeof status.label !== 'string' ||
    typeof status.healthy !== 'boolean' ||
    typeof status.detail !== 'string'
  ) {
    throw new TypeError('jupyter-ipfs: not a status');
  }
  return status as INodeAnswer;
}
