import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** A root that is served without a login, until this server stops. */
export interface IShare {
  readonly root: string;
  readonly url: string;
  /** Whether other computers can reach it. */
  readonly public: boolean;
}

/** Ask which roots are served. */
export async function getShares(
  settings: ServerConnection.ISettings
): Promise<IShare[]> {
  return asShares(await request('shares', { method: 'GET' }, settings));
}

/**
 * Serve a root.
 *
 * @param isPublic - Whether to other computers too.
 */
export async function addShare(
  root: string,
  isPublic: boolean,
  settings: ServerConnection.ISettings
): Promise<IShare> {
  const init = {
    method: 'POST',
    body: JSON.stringify({ root, public: isPublic })
  };
  const body = await request('shares', init, settings);
  const share = body as Partial<IShare> | null;
  if (typeof share?.url === 'string') {
    return share as IShare;
  }
  const found = asShares(body).find(each => each.root === root);
  if (found === undefined) {
    throw new TypeError('jupyter-ipfs/shares: it is not among them');
  }
  return found;
}

/** Serve a root no longer. */
export async function removeShare(
  root: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  await request(
    `shares/${encodeURIComponent(root)}`,
    { method: 'DELETE' },
    settings
  );
}

function asShares(body: unknown): IShare[] {
  const shares = (body as { shares?: unknown } | null)?.shares;
  if (!Array.isArray(shares)) {
    throw new TypeError('jupyter-ipfs/shares: no list');
  }
  return shares as IShare[];
}
