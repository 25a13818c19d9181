import { PathExt, Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICopy } from '../api/items';
import { plainText } from '../models/plainText';

/**
 * Who has something, in a few words; only what there is evidence for.
 */
export function copiesSummary(
  copies: readonly ICopy[],
  trans: TranslationBundle
): string {
  const isHere = copies.some(copy => copy.kind === 'here');
  const isServed = copies.some(copy => copy.kind === 'served');
  const others = copies.filter(
    copy => copy.kind !== 'here' && copy.kind !== 'served'
  );
  if (others.length === 0) {
    return isHere || isServed
      ? trans.__('Only here')
      : trans.__('No copy known');
  }
  if (others.length > 1) {
    return isHere
      ? trans.__('Here and in %1 other places', others.length)
      : trans.__('In %1 places, not here', others.length);
  }
  const [copy] = others;
  const place = placeName(copy);
  if (copy.kind === 'kubo') {
    return isHere
      ? trans.__('Here and on %1', place)
      : trans.__('On %1, not here', place);
  }
  return isHere
    ? trans.__('Here and in %1', place)
    : trans.__('In %1, not here', place);
}

/** Whether there is one copy only, on this computer. */
export function isOnlyHere(copies: readonly ICopy[]): boolean {
  return (
    copies.some(copy => copy.kind === 'here') &&
    !copies.some(copy => copy.kind !== 'here' && copy.kind !== 'served')
  );
}

/** Where a copy is, in a sentence of its own. */
export function copyText(copy: ICopy, trans: TranslationBundle): string {
  switch (copy.kind) {
    case 'here':
      return trans.__('On this computer');
    case 'car':
      return trans.__('In the CAR file %1', placeName(copy));
    case 'folder':
      return trans.__('In the folder %1', placeName(copy));
    case 'kubo':
      return trans.__('On the Kubo %1', placeName(copy));
    case 'served':
      return trans.__('Served from here until this server stops');
  }
}

/** How it is known that a copy is there, and how sure that is. */
export function evidenceText(
  { kind, since, checked_at }: ICopy,
  trans: TranslationBundle
): string {
  if (checked_at !== null) {
    return trans.__('checked %1', humanTime(checked_at));
  }
  if (since !== null) {
    return trans.__('copied %1, not checked since', humanTime(since));
  }
  return kind === 'kubo' ? trans.__('pinned there') : trans.__('not checked');
}

function humanTime(seconds: number): string {
  return Time.formatHuman(new Date(seconds * 1000));
}

/** The short name of a place. */
function placeName(copy: ICopy): string {
  const place = plainText(copy.place) ?? '';
  if (copy.kind === 'kubo') {
    return /^https?:\/\/(?:[^/@]*@)?([^/]+)/.exec(place)?.[1] ?? place;
  }
  if (copy.kind === 'folder' && place.endsWith('.car')) {
    return PathExt.basename(PathExt.dirname(place)) || place;
  }
  return PathExt.basename(place) || place;
}
