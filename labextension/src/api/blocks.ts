import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** A link from a block to another. */
export interface ILink {
  readonly name: string;
  readonly cid: string;
  /** Bytes of all that it leads to, as the linking block claims. */
  readonly dag_size: number | null;
}

/** A block, with its CID taken apart. */
export interface IBlock {
  readonly cid: string;
  readonly version: number;
  readonly codec: string;
  /** The hash function's name, or that with the digest. */
  readonly multihash: string;
  readonly size: number | null;
  readonly held: boolean;
  readonly kind: string;
  /** The first ones. */
  readonly links: readonly ILink[];
  readonly links_total: number;
  /** What is in it, as text for people. */
  readonly text: string | null;
}

/**
 * Ask for one block. Nothing is fetched from elsewhere: of one that is not
 * held, only what the CID says is known.
 */
export async function getBlock(
  cid: string,
  settings: ServerConnection.ISettings
): Promise<IBlock> {
  const resource = `blocks/${encodeURIComponent(cid)}`;
  const body = await request(resource, { method: 'GET' }, settings);
  const block = body as Partial<IBlock> | null;
  if (
    typeof block !== 'object' ||
    block === null ||
    typeof block.cid !== 'string' ||
    !Array.isArray(block.links)
  ) {
    throw new TypeError('jupyter-ipfs/blocks: not a block');
  }
  return block as IBlock;
}
