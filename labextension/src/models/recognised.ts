import type { IListing } from '../api/entries';

/** How many entries of a directory it takes to recognise a bundle: they have fewer. */
export const RECOGNISED_BY = 32;

/**
 * Whether a directory looks like a shared notebook: a payload with what was signed about it, or
 * the payload itself. What it is the server says.
 */
export function looksShared({ kind, entries }: IListing): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return (
    kind === 'directory' &&
    ((names.has('payload') &&
      [...names].every(name => name === 'payload' || name === 'signatures')) ||
      (names.has('bundle.json') && names.has('notebook.ipynb')))
  );
}
