import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * Have the server write a fresh copy of the tutorial.
 *
 * @returns The copy's path, relative to Jupyter's root directory.
 */
export async function createTutorial(
  settings: ServerConnection.ISettings
): Promise<string> {
  const body = await request('tutorial', { method: 'POST' }, settings);
  const path = (body as { path?: unknown } | null)?.path;
  if (typeof path !== 'string') {
    throw new TypeError('jupyter-ipfs/tutorial: no path');
  }
  return path;
}
