import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type { IEnvironment } from './sharing';

/** Who put their name to a bundle, and whether the signature is theirs. */
export interface ISignature {
  readonly address: string;
  /** `author` or `reviewer`. */
  readonly role: string;
  readonly valid: boolean;
  /** Why it is not, in the server's words. */
  readonly problem: string | null;
  /** Whether it was met before in this repo. */
  readonly known: boolean;
  readonly own: boolean;
}

/** Something that the notebook read. */
export interface IBundleInput {
  readonly path: string;
  readonly size: number;
  readonly cid: string | null;
  /** Whether its bytes are in the bundle. */
  readonly included: boolean;
  /** Whether they are on this computer. */
  readonly held: boolean;
  readonly how: string;
  readonly where: string;
}

/** One output of a cell: a directory with one file for each MIME type. */
export interface IBundleOutput {
  readonly kind: string;
  readonly mime_types: readonly string[];
  readonly cid: string;
}

/** A code cell and what came of it. */
export interface IBundleCell {
  readonly id: string;
  /** Its place among all cells, from 0. */
  readonly index: number;
  /** The execution count. */
  readonly number: number | null;
  readonly outputs: readonly IBundleOutput[];
  readonly rule?: {
    readonly skip?: boolean;
    readonly relative?: number | string | null;
    readonly reason?: string;
  } | null;
}

/** A notebook that was shared, as far as its small files tell. Every text is its author's. */
export interface IBundle {
  readonly root: string;
  /** What is signed. */
  readonly payload: string;
  readonly title: string;
  readonly name: string;
  readonly authors: readonly string[];
  readonly license: string;
  readonly description: string;
  readonly created_at: string;
  readonly recorded: boolean;
  readonly signatures: readonly ISignature[];
  readonly inputs: readonly IBundleInput[];
  readonly hosts: readonly string[];
  readonly cells: readonly IBundleCell[];
  readonly environment: IEnvironment;
  readonly files: number;
  readonly size: number;
  /** What of its included inputs is on this computer. */
  readonly held: { readonly files: number; readonly size: number };
  /** The notebook's path on the `ipfs:` drive. */
  readonly notebook: string;
  /** How many reports of it are here. */
  readonly reports: number;
  /** Whether it is a report about another bundle. */
  readonly is_report: boolean;
}

/** What was found when each byte was read. */
export interface IIntegrity {
  readonly files: number;
  readonly intact: number;
  readonly missing: readonly string[];
  readonly damaged: readonly {
    readonly path: string;
    readonly problem: string;
  }[];
  readonly size: number;
}

/** Where something came from. */
export interface IProvenance {
  readonly text: string;
  readonly svg: string;
}

/** What differs between two bundles. */
export interface IDifference {
  readonly cells: readonly {
    readonly id: string;
    readonly index: number;
    readonly change: string;
    readonly what: readonly string[];
    readonly diff: string;
  }[];
  readonly inputs: readonly {
    readonly path: string;
    readonly change: string;
    readonly size: number;
  }[];
  readonly environment: readonly {
    readonly name: string;
    readonly a: string | null;
    readonly b: string | null;
  }[];
  /** What they say of themselves: title, authors, license … */
  readonly facts: readonly {
    readonly name: string;
    readonly a: string | null;
    readonly b: string | null;
  }[];
  /** Bytes that had to be fetched for it. */
  readonly fetched: number;
}

/**
 * Ask what a bundle says of itself.
 *
 * @param path - A CID, a path or a name.
 * @throws APIError with the code `NotABundleError` if it is something else.
 */
export async function getBundle(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IBundle> {
  return asBundle(await get(`bundles/${encodeURIComponent(path)}`, settings));
}

/** Check that an answer is a bundle. */
export function asBundle(body: unknown): IBundle {
  const bundle = body as Partial<IBundle> | null;
  if (
    typeof bundle?.root !== 'string' ||
    typeof bundle.payload !== 'string' ||
    typeof bundle.title !== 'string' ||
    typeof bundle.held !== 'object' ||
    !Array.isArray(bundle.signatures) ||
    !Array.isArray(bundle.inputs) ||
    !Array.isArray(bundle.cells)
  ) {
    throw new TypeError('jupyter-ipfs/bundles: not a bundle');
  }
  return bundle as IBundle;
}

/** Check that a job's result tells how much is intact. */
export function asIntegrity(
  result: Readonly<Record<string, unknown>>
): IIntegrity {
  const found = result as unknown as Partial<IIntegrity>;
  if (
    typeof found.files !== 'number' ||
    !Array.isArray(found.missing) ||
    !Array.isArray(found.damaged)
  ) {
    throw new TypeError('jupyter-ipfs/jobs: nothing was checked');
  }
  return found as IIntegrity;
}

/** Ask where a bundle came from. */
export async function getProvenance(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IProvenance> {
  const resource = `bundles/${encodeURIComponent(path)}/provenance`;
  const body = (await get(resource, settings)) as Partial<IProvenance> | null;
  if (typeof body?.text !== 'string' || typeof body.svg !== 'string') {
    throw new TypeError('jupyter-ipfs/bundles: no provenance');
  }
  return body as IProvenance;
}

/** Ask what differs between two bundles; only what differs is fetched. */
export async function getDifference(
  a: string,
  b: string,
  settings: ServerConnection.ISettings
): Promise<IDifference> {
  const query = `a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  return asDifference(await get(`bundles/diff?${query}`, settings));
}

/** Check that an answer is a difference. */
export function asDifference(body: unknown): IDifference {
  const found = body as Partial<IDifference> | null;
  if (
    !Array.isArray(found?.cells) ||
    !Array.isArray(found.inputs) ||
    !Array.isArray(found.environment)
  ) {
    throw new TypeError('jupyter-ipfs/bundles/diff: no difference');
  }
  return found as IDifference;
}

function get(
  resource: string,
  settings: ServerConnection.ISettings
): Promise<unknown> {
  return request(resource, { method: 'GET' }, settings);
}
