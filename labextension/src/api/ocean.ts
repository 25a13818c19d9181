import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** What can be published and found. */
export const KINDS = ['dataset', 'model', 'algorithm', 'notebook'] as const;
export type AssetKind = (typeof KINDS)[number];

/** A chain, as far as the page has to know it. */
export interface IOceanChain {
  readonly name: string;
  readonly title: string;
  readonly chain_id: number;
  /** Whether it is the sandbox: play money, on this computer only. */
  readonly practice: boolean;
}

/** Where is published, and whether all is there that it takes. */
export interface IOceanStatus {
  readonly chain: IOceanChain;
  readonly chains: readonly IOceanChain[];
  readonly ocean_node: {
    readonly url: string | null;
    readonly healthy: boolean | null;
    readonly error: string | null;
  };
  readonly ready: boolean;
  /** What is still missing, a sentence each. */
  readonly missing: readonly string[];
}

/** The states of an asset, in Ocean's order. */
export const STATES = [
  'active',
  'end-of-life',
  'deprecated',
  'revoked',
  'ordering-disabled',
  'unlisted'
] as const;

/** An amount of a token, in decimals. */
export interface IPrice {
  readonly amount: string;
  readonly symbol: string;
}

/** An asset as lists show it. Every text is what its author wrote. */
export interface IAssetCard {
  readonly did: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly license: string;
  /** `null` if it is free. */
  readonly price: IPrice | null;
  readonly free: boolean;
  readonly orders: number;
  /** ISO 8601, or seconds since the epoch. */
  readonly created_at: string | number | null;
  readonly updated_at: string | number | null;
  readonly state: string;
  readonly owner: string;
  readonly data_nft: string;
  readonly datatoken: string;
  readonly service_id: string;
  /** The CID of what is free; `null` for what has a price. */
  readonly root: string | null;
  readonly size: number | null;
  readonly form: string | null;
  readonly practice: boolean;
  readonly mine: boolean;
  readonly bought: boolean;
}

/** One thing that happened to an asset, from the chain's own logs. */
export interface IAssetEvent {
  readonly event: string;
  readonly tx_hash: string;
  readonly block_number: number;
  readonly at: string | number | null;
  readonly by: string | null;
  readonly detail: string | null;
}

/** All that is known of one asset. */
export interface IAssetDetail extends IAssetCard {
  readonly files: readonly {
    readonly type: string;
    readonly size: number | null;
    readonly content_type: string | null;
  }[];
  /** For how long an order counts; 0 is forever. */
  readonly timeout_s: number;
  readonly history: readonly IAssetEvent[];
  readonly sample: string | null;
}

/** An asset that was bought, and how. */
export interface IBoughtAsset extends IAssetCard {
  readonly order_tx: string;
  readonly bought_at: string | number | null;
  readonly valid_until: string | number | null;
}

/** What belongs to whoever is signed in. */
export interface IMine {
  readonly published: readonly IAssetCard[];
  readonly bought: readonly IBoughtAsset[];
  readonly earned: readonly IEarned[];
}

/** What was earned in one token. */
export interface IEarned extends IPrice {
  /** Of that, what still lies in the exchange. */
  readonly waiting: string;
}

/** What is going to be published. */
export interface IDraft {
  /** Made here; by it what was broken off goes on. */
  readonly key: string;
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  readonly license: string;
  readonly tags: readonly string[];
  readonly kind: AssetKind;
  /** `null` for free. */
  readonly price: string | null;
  readonly timeout_s: number;
  readonly template: 1 | 2 | 4;
  readonly allow: readonly string[];
  readonly sample: string | null;
  readonly agree_public_cid: boolean;
}

/** What the server says of a draft; nothing is written. */
export interface ICheck {
  /** By field. */
  readonly problems: Readonly<Record<string, string>>;
  readonly cost: {
    readonly transactions: number;
    readonly gas: string | null;
    readonly symbol: string;
    readonly words: string;
  } | null;
  /** Whether the Ocean Node has fetched the bytes. */
  readonly reach: {
    readonly reachable: boolean | null;
    readonly words: string;
    readonly hint: string | null;
  } | null;
  readonly root: string | null;
  readonly size: number | null;
  /** `file`, or `car` where it is published as a CAR of it. */
  readonly form: string | null;
  readonly warnings: readonly string[];
  readonly preview: IAssetCard | null;
}

/** One step of what is written to the chain. */
export interface IStep {
  readonly key: string;
  readonly title: string;
  readonly state: 'waiting' | 'signing' | 'sent' | 'done' | 'failed';
  readonly tx_hash: string | null;
  readonly error: string | null;
}

/** A publication that was broken off. */
export interface IPending {
  readonly key: string;
  readonly title: string;
  /** As it was filled in. */
  readonly draft: unknown;
  readonly steps: readonly IStep[];
  readonly started_at: string | number | null;
}

export type AssetSort = 'relevance' | 'newest' | 'price' | 'orders';

/** What to look for. */
export interface IAssetQuery {
  readonly query: string;
  readonly kind: AssetKind | '';
  readonly price: 'free' | 'paid' | '';
  readonly tag: string;
  readonly author: string;
  readonly sort: AssetSort;
}

/** Ask where is published. The server does not count this as activity. */
export async function getOcean(
  settings: ServerConnection.ISettings
): Promise<IOceanStatus> {
  const body = record(await request('ocean', GET, settings));
  const chain = record(body['chain']);
  if (typeof chain['chain_id'] !== 'number') {
    throw new TypeError('jupyter-ipfs/ocean: no chain');
  }
  return {
    ...body,
    chain,
    chains: list(body['chains']),
    ocean_node: record(body['ocean_node']),
    missing: list(body['missing']).map(String)
  } as unknown as IOceanStatus;
}

/** Ask for a part of the list of assets. */
export async function getAssets(
  what: IAssetQuery,
  offset: number,
  limit: number,
  settings: ServerConnection.ISettings,
  mayStart = true
): Promise<{ assets: IAssetCard[]; total: number; isAsleep: boolean }> {
  const query = new URLSearchParams({ sort: what.sort });
  if (!mayStart) {
    query.set('start', '0');
  }
  for (const name of ['query', 'kind', 'price', 'tag', 'author'] as const) {
    if (what[name] !== '') {
      query.set(name, what[name]);
    }
  }
  query.set('offset', String(offset));
  query.set('limit', String(limit));
  const body = record(
    await request(`ocean/assets?${query.toString()}`, GET, settings)
  );
  return {
    assets: list(body['assets']).map(asAsset),
    total: Number(body['total'] ?? 0),
    isAsleep: body['asleep'] === true
  };
}

/** Ask for all that is known of one asset. */
export async function getAsset(
  did: string,
  settings: ServerConnection.ISettings
): Promise<IAssetDetail> {
  const body = await request(
    `ocean/assets/${encodeURIComponent(did)}`,
    GET,
    settings
  );
  const fields = record(body);
  const { sample, timeout_s: timeout } = fields;
  return {
    ...asAsset(body),
    files: list(fields['files']) as IAssetDetail['files'],
    timeout_s: typeof timeout === 'number' ? timeout : 0,
    history: list(fields['history']) as IAssetEvent[],
    sample: typeof sample === 'string' ? sample : null
  };
}

/** Ask what whoever is signed in has published, bought and earned. */
export async function getMine(
  settings: ServerConnection.ISettings
): Promise<IMine> {
  const body = record(await request('ocean/mine', GET, settings));
  return {
    published: list(body['published']).map(asAsset),
    bought: list(body['bought']).map(
      each => ({ ...record(each), ...asAsset(each) }) as IBoughtAsset
    ),
    earned: list(body['earned']) as IEarned[]
  };
}

/** Ask what is wrong with a draft, what it costs, and whether its bytes can be fetched. */
export async function checkDraft(
  draft: IDraft,
  settings: ServerConnection.ISettings
): Promise<ICheck> {
  const init = { method: 'POST', body: JSON.stringify({ draft }) };
  const body = record(await request('ocean/check', init, settings));
  const { cost, reach, root, size, form, preview } = body;
  return {
    problems: record(body['problems']) as Record<string, string>,
    cost: (cost ?? null) as ICheck['cost'],
    reach: (reach ?? null) as ICheck['reach'],
    root: typeof root === 'string' ? root : null,
    size: typeof size === 'number' ? size : null,
    form: typeof form === 'string' ? form : null,
    warnings: list(body['warnings']).map(String),
    preview: isRecord(preview) ? asAsset(preview) : null
  };
}

/** Ask which publications were broken off. */
export async function getPending(
  settings: ServerConnection.ISettings
): Promise<IPending[]> {
  const body = record(await request('ocean/pending', GET, settings));
  return list(body['publishing']) as IPending[];
}

/** Give a publication up; what is on the chain stays there. */
export async function deletePending(
  key: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  await request(
    `ocean/pending/${encodeURIComponent(key)}`,
    { method: 'DELETE' },
    settings
  );
}

/** Check that an answer is an asset; what an author can leave out may be missing. */
export function asAsset(body: unknown): IAssetCard {
  const card = record(body);
  if (typeof card['did'] !== 'string' || typeof card['title'] !== 'string') {
    throw new TypeError('jupyter-ipfs/ocean: not an asset');
  }
  const text = (name: string): string =>
    typeof card[name] === 'string' ? card[name] : '';
  return {
    ...card,
    description: text('description'),
    author: text('author'),
    kind: text('kind'),
    license: text('license'),
    owner: text('owner'),
    // Some write it as the contract does.
    state:
      typeof card['state'] === 'number'
        ? (STATES.find((_, index) => index === card['state']) ?? '')
        : text('state'),
    tags: list(card['tags']).map(String),
    price: isRecord(card['price']) ? card['price'] : null,
    root: typeof card['root'] === 'string' ? card['root'] : null,
    size: typeof card['size'] === 'number' ? card['size'] : null
  } as unknown as IAssetCard;
}

/** Read the steps of a job; what is none is left out. */
export function asSteps(value: unknown): IStep[] {
  return list(value).filter(
    (each): each is IStep =>
      isRecord(each) &&
      typeof each['key'] === 'string' &&
      typeof each['title'] === 'string' &&
      typeof each['state'] === 'string'
  );
}

const GET = { method: 'GET' };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
