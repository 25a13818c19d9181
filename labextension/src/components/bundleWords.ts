import type { TranslationBundle } from '@jupyterlab/translation';

import type { IBundle, IIntegrity, ISignature } from '../api/bundles';
import type { Verdict } from '../api/reports';
import { VERDICTS } from '../api/reports';
import type { IPlannedInput } from '../api/sharing';
import { plainText } from '../models/plainText';
import { sizeText } from './size';
import { shortAddress } from './walletWords';

/** A verdict in words. */
export function verdictText(
  verdict: Verdict,
  trans: TranslationBundle
): string {
  switch (verdict) {
    case 'same':
      return trans.__('Same');
    case 'tolerance':
      return trans.__('Same within tolerance');
    case 'skipped':
      return trans.__('Not compared');
    case 'differs':
      return trans.__('Differs');
    case 'failed':
      return trans.__('Failed');
  }
}

/** A verdict as a sign, so that its colour is not all that tells. */
export function verdictSign(verdict: Verdict): string {
  return { same: '✓', tolerance: '≈', skipped: '–', differs: '≠', failed: '✕' }[
    verdict
  ];
}

/** How many cells have which verdict, in one line. */
export function countsText(
  counts: Readonly<Record<string, number>>,
  trans: TranslationBundle
): string {
  const words = VERDICTS.filter(verdict => (counts[verdict] ?? 0) > 0).map(
    verdict =>
      trans.__(
        '%1 %2',
        counts[verdict],
        verdictText(verdict, trans).toLowerCase()
      )
  );
  return words.length > 0 ? words.join(', ') : trans.__('no cells');
}

/** How it is known that something is an input. */
export function howText(how: string, trans: TranslationBundle): string {
  switch (how) {
    case 'seen':
      return trans.__('seen: the run read it');
    case 'guessed':
      return trans.__('guessed: a text in the code names it');
    case 'added':
      return trans.__('added by its author');
    case 'content':
      return trans.__('read by its CID');
    default:
      return plainText(how) ?? '';
  }
}

/** Why an input is not preselected. */
export function whyNotText(
  { why_not: why }: IPlannedInput,
  trans: TranslationBundle
): string | null {
  switch (why) {
    case '':
      return null;
    case 'hidden':
      return trans.__(
        'Hidden, since its name begins with a dot: left out, nothing of it is told'
      );
    case 'git-ignored':
      return trans.__('Git ignores it, so it is not ticked by itself');
    case 'secret':
      return trans.__(
        'It looks as if it has a secret in it: left out, nothing of it is told'
      );
    case 'above':
      return trans.__(
        'Not below the notebook’s folder, so it is not ticked by itself'
      );
    case 'outside':
      return trans.__(
        'Outside of the workspace, so it cannot go along. Move it below the notebook’s folder, or store it and read it by its ipfs:// link.'
      );
    case 'missing':
      return trans.__('It is not there any more');
    default:
      return plainText(why);
  }
}

/** Who put their name to it, and what is known of them. */
export function signatureText(
  { address, role, valid, problem, known, own }: ISignature,
  trans: TranslationBundle
): string {
  const who = shortAddress(plainText(address) ?? '');
  if (!valid) {
    return trans.__(
      'A signature in the name of %1 is not valid: %2',
      who,
      plainText(problem, 300) ?? trans.__('it does not fit')
    );
  }
  const what =
    role === 'author'
      ? trans.__('Signed by %1 as its author', who)
      : trans.__('Vouched for by %1', who);
  return own
    ? trans.__('%1: that is you', what)
    : known
      ? trans.__('%1, an address met before', what)
      : trans.__(
          '%1, an address not met before: anybody can make one. Compare it with what you know of them.',
          what
        );
}

/** What was checked so far, and nothing more (docs: design, Names). */
export function intactText(
  bundle: IBundle,
  found: IIntegrity | null,
  trans: TranslationBundle
): string {
  if (found === null) {
    const inputs = bundle.inputs.filter(({ included }) => included);
    const words = trans.__(
      'Intact so far: what is shown here matches this CID; its %1 files (%2) are not all read yet.',
      bundle.files,
      sizeText(bundle.size, trans)
    );
    return inputs.length === 0
      ? words
      : `${words} ${trans._n(
          'Of %1 input %2 is on this computer.',
          'Of %1 inputs %2 are on this computer.',
          inputs.length,
          bundle.held.files
        )}`;
  }
  if (found.damaged.length > 0) {
    return trans._n(
      'Not intact: %1 file does not match this CID.',
      'Not intact: %1 files do not match this CID.',
      found.damaged.length
    );
  }
  if (found.missing.length > 0) {
    return trans.__(
      'Intact as far as it is here: %1 of %2 files match this CID, %3 not fetched.',
      found.intact,
      found.files,
      found.missing.length
    );
  }
  return trans._n(
    'Intact: %1 file, all bytes match this CID.',
    'Intact: all %1 files, each byte matches this CID.',
    found.files
  );
}

/** A time as people write it; texts and seconds come from different places. */
export function timeText(at: number | string): string {
  const date = new Date(typeof at === 'number' ? at * 1000 : at);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString();
}

/** What something ran on, in one line. */
export function machineText(
  machine: unknown,
  trans: TranslationBundle
): string {
  if (typeof machine === 'string') {
    return plainText(machine) ?? '';
  }
  const facts = (machine ?? {}) as Record<string, unknown>;
  const say = (name: string): string | null => plainText(facts[name], 60);
  const words = [
    say('python') === null ? null : `Python ${say('python') ?? ''}`,
    say('platform'),
    say('machine'),
    say('cpu'),
    facts['isolation'] === 'none' ? trans.__('not isolated') : say('isolation'),
    facts['network'] === true ? trans.__('with the network') : null
  ];
  return words.filter(word => word !== null).join(' · ');
}
