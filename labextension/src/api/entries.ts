import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** One entry of a directory. Its name is whatever its author wrote. */
export interface IEntry {
  readonly name: string;
  /** `/ipfs/<cid>[/sub/path]`. */
  readonly path: string;
  readonly cid: string;
  readonly kind: string;
  /** Content bytes, if they are known without reading further. */
  readonly size: number | null;
}

/** What a path leads to, and a part of its entries if it is a directory. */
export interface IListing extends IEntry {
  readonly dag_size: number | null;
  /** How many entries there are, if that is known without reading all of them. */
  readonly total: number | null;
  readonly entries: readonly IEntry[];
  /** Whether `entries` go to the end. */
  readonly complete: boolean;
}

/**
 * Ask what a path leads to. Nothing is fetched from elsewhere.
 *
 * @param path - Whatever the server reads as a path.
 * @param offset - How many entries to skip.
 * @param limit - How many entries to give at most.
 * @param settings - The connection to use.
 * @throws APIError with the code `BlockNotFoundError` if it is not held.
 */
export async function getEntries(
  path: string,
  offset: number,
  limit: number,
  settings: ServerConnection.ISettings
): Promise<IListing> {
  const query = `path=${encodeURIComponent(path)}&offset=${offset}&limit=${limit}`;
  const body = await request(`entries?${query}`, { method: 'GET' }, settings);
  const entries = (body as Partial<IListing> | null)?.entries;
  if (!isEntry(body) || !Array.isArray(entries)) {
    throw new TypeError('jupyter-ipfs/entries: not a listing');
  }
  return { ...(body as IListing), entries: entries.filter(isEntry) };
}

/** Whether something has what every entry has. */
export function isEntry(value: unknown): value is IEntry {
  const entry = value as Partial<IEntry> | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.path === 'string' &&
    typeof entry.cid === 'string' &&
    typeof entry.kind === 'string'
  );
}
