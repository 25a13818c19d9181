import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** A root that is no longer kept, and the names' versions that kept it. */
export interface IUnpinned {
  readonly root: string;
  readonly names: readonly string[];
}

/**
 * Keep something no longer.
 *
 * @returns What `restorePins` needs to undo it.
 */
export async function unpin(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IUnpinned[]> {
  const body = await request(
    `pins/${URLExt.encodeParts(path.replace(/^\/ipfs\//, ''))}`,
    { method: 'DELETE' },
    settings
  );
  const unpinned = (body as { unpinned?: unknown } | null)?.unpinned;
  if (!Array.isArray(unpinned)) {
    throw new TypeError('jupyter-ipfs/pins: no list');
  }
  return unpinned as IUnpinned[];
}

/** Undo an `unpin`. */
export async function restorePins(
  unpinned: readonly IUnpinned[],
  settings: ServerConnection.ISettings
): Promise<void> {
  const init = { method: 'POST', body: JSON.stringify({ unpinned }) };
  await request('pins', init, settings);
}
