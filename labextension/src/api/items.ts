import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** Where a copy is, from evidence. */
export interface ICopy {
  readonly kind: 'here' | 'car' | 'folder' | 'kubo' | 'served';
  /** A path or a URL. */
  readonly place: string;
  /** When it was copied there, if that is known; in seconds since the epoch. */
  readonly since: number | null;
  /** When blocks were last fetched from there, if ever. */
  readonly checked_at: number | null;
}

/** A name that points at a root. */
export interface IItemName {
  readonly name: string;
  readonly version: number;
  /** How many versions the name has. */
  readonly versions: number;
}

/** A root that is kept or was stored lately. Times are seconds since the epoch, sizes bytes. */
export interface IItem {
  readonly root: string;
  /** `/ipfs/<root>` */
  readonly path: string;
  /** The newest name, else a file's name, else the CID, shortened. */
  readonly title: string;
  readonly names: readonly IItemName[];
  readonly created_at: number | null;
  /** `file`, `directory`, `symlink`, `notebook` or `unknown`. */
  readonly kind: string;
  /** Content bytes. */
  readonly size: number | null;
  /** Bytes of all blocks. */
  readonly dag_size: number | null;
  readonly pinned: boolean;
  readonly copies: readonly ICopy[];
}

/** An item, and what else in the repo contains it. */
export interface IItemDetail extends IItem {
  readonly needed_by: readonly string[];
  /** Whether everything was looked through for `needed_by`. */
  readonly needed_by_complete: boolean;
}

/** Which items to list: all, those with a name, or the newest. */
export type ItemFilter = 'all' | 'names' | 'recent';

/** What to list. */
export interface IItemQuery {
  readonly kind: ItemFilter;
  /** A part of a title, a name or a CID. */
  readonly query: string;
}

/**
 * Ask for a part of the list of what is stored. The server does not count this as activity.
 */
export async function getItems(
  what: IItemQuery,
  offset: number,
  limit: number,
  settings: ServerConnection.ISettings
): Promise<{ items: IItem[]; total: number }> {
  const query = `kind=${what.kind}&query=${encodeURIComponent(what.query)}&offset=${offset}&limit=${limit}`;
  const body = await request(`items?${query}`, { method: 'GET' }, settings);
  const { items, total } = (body ?? {}) as Record<string, unknown>;
  if (!Array.isArray(items) || typeof total !== 'number') {
    throw new TypeError('jupyter-ipfs/items: no list');
  }
  return { items: items.map(asItem), total };
}

/** Ask for all that is known of one root. */
export async function getItem(
  root: string,
  settings: ServerConnection.ISettings
): Promise<IItemDetail> {
  const body = await request(
    `items/${encodeURIComponent(root)}`,
    { method: 'GET' },
    settings
  );
  const detail = asItem(body) as Partial<IItemDetail> & IItem;
  return {
    ...detail,
    needed_by: Array.isArray(detail.needed_by) ? detail.needed_by : [],
    needed_by_complete: detail.needed_by_complete !== false
  };
}

/** Check that the server's answer is an item. */
export function asItem(body: unknown): IItem {
  const item = body as Partial<IItem> | null;
  if (
    typeof item !== 'object' ||
    item === null ||
    typeof item.root !== 'string' ||
    typeof item.path !== 'string' ||
    typeof item.title !== 'string' ||
    typeof item.kind !== 'string' ||
    !Array.isArray(item.names) ||
    !Array.isArray(item.copies)
  ) {
    throw new TypeError('jupyter-ipfs/items: not an item');
  }
  return item as IItem;
}
