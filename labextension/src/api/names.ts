import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** What a name pointed at, at one time. */
export interface INameVersion {
  readonly version: number;
  readonly root: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
  readonly pinned: boolean;
  readonly shared: boolean;
}

/** Ask for a name's versions, the newest first. */
export async function getVersions(
  name: string,
  settings: ServerConnection.ISettings
): Promise<INameVersion[]> {
  const body = await request(
    `names/${encodeURIComponent(name)}`,
    { method: 'GET' },
    settings
  );
  const versions = (body as { versions?: unknown } | null)?.versions;
  if (!Array.isArray(versions)) {
    throw new TypeError('jupyter-ipfs/names: no versions');
  }
  return versions as INameVersion[];
}

/** Give a name another word; its versions go with it. */
export async function renameName(
  name: string,
  newName: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  const init = { method: 'PATCH', body: JSON.stringify({ name: newName }) };
  await request(`names/${encodeURIComponent(name)}`, init, settings);
}
