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

/**
 * Ask how the node is. The server does not count this as activity.
 */
export async function getStatus(
  settings: ServerConnection.ISettings
): Promise<IBackendStatus> {
  const body = await request('status', { method: 'GET' }, settings);
  if (!isBackendStatus(body)) {
    throw new TypeError('jupyter-ipfs/status: not a status');
  }
  return body;
}

function isBackendStatus(body: unknown): body is IBackendStatus {
  const status = body as Partial<IBackendStatus> | null;
  return (
    typeof status === 'object' &&
    status !== null &&
    typeof status.backend === 'string' &&
    typeof status.label === 'string' &&
    typeof status.healthy === 'boolean' &&
    typeof status.detail === 'string'
  );
}
