import { isCID } from './cid';
import { plainText } from './plainText';

/** The output type that `%ipfs` and `%%ipfs` give their results. */
export const CID_MIME_TYPE = 'application/vnd.jupyter-ipfs.cid+json';

/** Longer lists are cut; the card says how many are not shown. */
export const MAX_ITEMS = 200;

const MAX_NOTE = 600;
const MAX_NOTES = 20;

/** One stored file or directory within the root. */
export interface ICardItem {
  readonly name: string;
  readonly size: number | null;
  readonly cid: string | null;
}

/** What a card shows. Every text has passed `plainText`, every CID `isCID`. */
export interface ICard {
  readonly cid: string;
  readonly name: string | null;
  /** What to call it where no name does. */
  readonly label: string | null;
  readonly nameVersion: number | null;
  readonly size: number | null;
  readonly files: number | null;
  readonly kind: string;
  readonly where: string;
  readonly unchanged: boolean;
  readonly items: readonly ICardItem[];
  readonly itemsLeftOut: number;
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
  /** Whether to tell what a CID is: the kernel asks for it once a session. */
  readonly explained: boolean;
}

/**
 * Read a payload that anybody may have written.
 *
 * @returns The card, or `null` if there is no valid CID to show.
 */
export function parseCard(payload: unknown): ICard | null {
  if (!isRecord(payload) || payload.version !== 1) {
    return null;
  }
  const cid = validCID(payload.cid);
  if (cid === null) {
    return null;
  }
  const items = Array.isArray(payload.items) ? payload.items : [];
  return {
    cid,
    name: plainText(payload.name),
    label: plainText(payload.label),
    nameVersion: count(payload.name_version),
    size: count(payload.size),
    files: count(payload.files),
    kind: plainText(payload.kind) ?? '',
    where: plainText(payload.where) ?? '',
    unchanged: payload.unchanged === true,
    items: items.slice(0, MAX_ITEMS).map(item),
    itemsLeftOut:
      Math.max(0, items.length - MAX_ITEMS) +
      (count(payload.items_left_out) ?? 0),
    notes: (Array.isArray(payload.notes) ? payload.notes : [])
      .slice(0, MAX_NOTES)
      .map(note => plainText(note, MAX_NOTE))
      .filter(note => note !== null),
    explained: typeof payload.explanation === 'string'
  };
}

function item(value: unknown): ICardItem {
  const record = isRecord(value) ? value : {};
  return {
    name: plainText(record.name) ?? '',
    size: count(record.size),
    cid: validCID(record.cid)
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function validCID(value: unknown): string | null {
  return typeof value === 'string' && isCID(value) ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : null;
}
