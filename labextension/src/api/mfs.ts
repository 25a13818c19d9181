import type { ServerConnection } from '@jupyterlab/services';

import type { IEntry } from './entries';
import { isEntry } from './entries';
import { request } from './request';

/** A folder of the files that can change. */
export interface IFolder {
  /** `/a/b`. */
  readonly path: string;
  readonly cid: string;
  /** The first of them. */
  readonly entries: readonly IEntry[];
  /** How many there are. */
  readonly total: number;
}

/** A change of those files; places are `/a/b`. */
export type Operation =
  | { readonly op: 'mkdir'; readonly path: string }
  | { readonly op: 'cp'; readonly source: string; readonly target: string }
  | { readonly op: 'mv'; readonly source: string; readonly target: string }
  | { readonly op: 'rm'; readonly path: string; readonly recursive: boolean };

/** Ask what a folder holds. */
export async function getFolder(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IFolder> {
  const resource = `mfs?path=${encodeURIComponent(path)}`;
  const body = await request(resource, { method: 'GET' }, settings);
  const folder = body as Partial<IFolder> | null;
  if (
    typeof folder?.path !== 'string' ||
    typeof folder.cid !== 'string' ||
    typeof folder.total !== 'number' ||
    !Array.isArray(folder.entries)
  ) {
    throw new TypeError('jupyter-ipfs/mfs: not a folder');
  }
  return { ...(folder as IFolder), entries: folder.entries.filter(isEntry) };
}

/** Make changes, all of them or none. */
export async function changeFiles(
  operations: readonly Operation[],
  settings: ServerConnection.ISettings
): Promise<void> {
  const init = { method: 'POST', body: JSON.stringify({ operations }) };
  await request('mfs', init, settings);
}
