import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { AssetKind, IAssetCard, IPrice, STATES } from '../api/ocean';
import type { DraftStep, FieldProblem } from '../models/draft';
import { plainText } from '../models/plainText';

/** What stands wherever money is play money. */
export function practiceText(trans: TranslationBundle): string {
  return trans.__('Practice: only on this computer, play money');
}

/** What kind of thing an asset is; others' kinds as they wrote them. */
export function kindText(kind: string, trans: TranslationBundle): string {
  switch (kind as AssetKind) {
    case 'dataset':
      return trans.__('Dataset');
    case 'model':
      return trans.__('Model');
    case 'algorithm':
      return trans.__('Algorithm');
    case 'notebook':
      return trans.__('Notebook');
    default:
      return plainText(kind, 40) ?? trans.__('Asset');
  }
}

/** An amount of a token. */
export function amountText(price: IPrice): string {
  return `${plainText(price.amount, 60) ?? '?'} ${plainText(price.symbol, 20) ?? ''}`.trim();
}

/** What an asset costs. */
export function priceText(
  asset: Pick<IAssetCard, 'price' | 'free'>,
  trans: TranslationBundle
): string {
  if (asset.price !== null) {
    return amountText(asset.price);
  }
  return asset.free ? trans.__('Free') : trans.__('Not for sale');
}

/** For how long an order counts: what the form offers, in seconds. */
export const TIMEOUTS = [0, 86_400, 604_800, 2_630_000, 31_556_952] as const;

/** For how long an order counts. */
export function timeoutText(seconds: number, trans: TranslationBundle): string {
  switch (seconds) {
    case 0:
      return trans.__('Forever');
    case 86_400:
      return trans.__('1 day');
    case 604_800:
      return trans.__('1 week');
    case 2_630_000:
      return trans.__('1 month');
    case 31_556_952:
      return trans.__('1 year');
    default:
      return seconds < 86_400
        ? trans._n('%1 hour', '%1 hours', Math.round(seconds / 3600))
        : trans._n('%1 day', '%1 days', Math.round(seconds / 86_400));
  }
}

/** In which state an asset is. */
export function stateText(state: string, trans: TranslationBundle): string {
  switch (state as (typeof STATES)[number]) {
    case 'active':
      return trans.__('Active');
    case 'end-of-life':
      return trans.__('End of life');
    case 'deprecated':
      return trans.__('Deprecated');
    case 'revoked':
      return trans.__('Revoked');
    case 'ordering-disabled':
      return trans.__('Orders switched off');
    case 'unlisted':
      return trans.__('Unlisted');
    default:
      return plainText(state, 40) ?? '';
  }
}

/** An address or a hash that is too long to show; both ends stay. */
export function shortHex(text: string): string {
  const plain = plainText(text, 120) ?? '';
  return plain.length > 16 ? `${plain.slice(0, 8)}…${plain.slice(-6)}` : plain;
}

/** A moment, as the server gives it: ISO 8601 or seconds since the epoch. */
export function dateOf(value: string | number | null): Date | null {
  if (value === null) {
    return null;
  }
  const date = new Date(typeof value === 'number' ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A moment for people; `null` if there is none. */
export function whenText(value: string | number | null): string | null {
  const date = dateOf(value);
  return date === null ? null : Time.format(date);
}

/** What a part of the form is called. */
export function stepText(step: DraftStep, trans: TranslationBundle): string {
  switch (step) {
    case 'what':
      return trans.__('What');
    case 'about':
      return trans.__('Description and licence');
    case 'access':
      return trans.__('Access and timeout');
    case 'price':
      return trans.__('Price');
    case 'preview':
      return trans.__('Preview');
  }
}

/** What a field is called. */
export function fieldText(field: string, trans: TranslationBundle): string {
  switch (field) {
    case 'path':
      return trans.__('What to publish');
    case 'kind':
      return trans.__('Kind');
    case 'title':
      return trans.__('Title');
    case 'description':
      return trans.__('Description');
    case 'author':
      return trans.__('Author');
    case 'license':
      return trans.__('Licence');
    case 'tags':
      return trans.__('Tags');
    case 'sample':
      return trans.__('Sample');
    case 'timeout_s':
      return trans.__('Timeout');
    case 'template':
      return trans.__('Datatoken template');
    case 'allow':
      return trans.__('Who may order');
    case 'price':
      return trans.__('Price');
    case 'agree_public_cid':
      return trans.__('Public CID');
    default:
      return plainText(field, 40) ?? '';
  }
}

/** What is wrong with a field, and so what to do. */
export function problemText(
  problem: FieldProblem,
  trans: TranslationBundle
): string {
  switch (problem.kind) {
    case 'empty':
      return trans.__('This is needed.');
    case 'short':
      return trans.__('At least %1 characters.', problem.limit);
    case 'long':
      return trans.__('At most %1 characters.', problem.limit);
    case 'many':
      return trans.__('At most %1 of them.', problem.limit);
    case 'not-a-price':
      return trans.__('A number such as 5 or 0.25.');
    case 'decimals':
      return trans.__('At most %1 digits after the point.', problem.limit);
    case 'free-price':
      return trans.__('More than 0; to give it away, choose “Free”.');
    case 'huge-price':
      return trans.__('That is more than anybody has.');
    case 'not-an-address':
      return trans.__(
        '“%1” is no address: 0x and 40 digits from 0 to f.',
        plainText(problem.text, 60) ?? ''
      );
    case 'not-a-link':
      return trans.__('A link that begins with https://.');
    case 'said':
      return plainText(problem.text, 1000) ?? '';
  }
}

/** SPDX ids that the form offers; another can be typed. */
export const LICENSES = [
  'CC-BY-4.0',
  'CC0-1.0',
  'CC-BY-SA-4.0',
  'CC-BY-NC-4.0',
  'CC-BY-NC-SA-4.0',
  'ODbL-1.0',
  'PDDL-1.0',
  'Apache-2.0',
  'MIT',
  'BSD-3-Clause',
  'GPL-3.0-or-later'
] as const;
