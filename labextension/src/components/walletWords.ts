import type { TranslationBundle } from '@jupyterlab/translation';

import { plainText } from '../models/plainText';
import type { WalletStep } from '../models/wallet';
import type { WalletDrift } from '../models/walletDrift';
import type { WalletTrouble } from '../models/walletTrouble';
import type { IFoundWallet } from '../wallet/eip6963';

/** How many digits of an amount are shown after the point. */
const DIGITS = 4;

/** What a wallet is called. */
export function walletTitle(
  { kind, name }: Pick<IFoundWallet, 'kind' | 'name'>,
  trans: TranslationBundle
): string {
  if (kind === 'practice') {
    return trans.__('Practice wallet');
  }
  return plainText(name, 40) ?? trans.__('Browser wallet');
}

/** An address, short enough for a line and long enough to be told from others. */
export function shortAddress(address: string): string {
  const text = plainText(address, 42) ?? '';
  return text.length > 12 ? `${text.slice(0, 6)}…${text.slice(-4)}` : text;
}

/** A decimal text, cut rather than rounded: nobody has more than it says. */
export function shortAmount(amount: string): string {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(amount);
  if (match === null) {
    return plainText(amount, 30) ?? '?';
  }
  const [, whole, fraction = ''] = match;
  const shown = fraction.slice(0, DIGITS).replace(/0+$/, '');
  if (shown !== '') {
    return `${whole}.${shown}`;
  }
  return whole === '0' && /[1-9]/.test(fraction)
    ? `< 0.${'0'.repeat(DIGITS - 1)}1`
    : whole;
}

/** What is waited for. */
export function stepText(step: WalletStep, trans: TranslationBundle): string {
  switch (step) {
    case 'starting':
      return trans.__(
        'Starting the practice chain on this computer… The first time takes a few seconds.'
      );
    case 'connecting':
      return trans.__('Your wallet asks which account this page may see…');
    case 'practising':
      return trans.__('Signing in…');
    case 'signing':
      return trans.__(
        'Your wallet shows a message to sign. It costs nothing and moves nothing.'
      );
    case 'switching':
      return trans.__('Your wallet asks whether to change to another chain…');
  }
}

/** Why it did not work, and what to do about it. */
export function troubleText(
  trouble: WalletTrouble,
  trans: TranslationBundle
): { message: string; hint: string | null } {
  switch (trouble.kind) {
    case 'rejected':
      return {
        message: trans.__('You said no in the wallet, or closed its window.'),
        hint: trans.__('Nothing was signed.')
      };
    case 'pending':
      return {
        message: trans.__(
          'The wallet has a question open that is not answered yet.'
        ),
        hint: trans.__(
          'Open the wallet (its icon is beside the address bar), answer there, then try again here.'
        )
      };
    case 'unauthorized':
      return {
        message: trans.__('The wallet gives this page no account.'),
        hint: trans.__(
          'Unlock it, choose an account for this page there, and try again.'
        )
      };
    case 'unsupported':
      return {
        message: trans.__('The wallet cannot do this.'),
        hint: trans.__('Choose another wallet.')
      };
    case 'disconnected':
      return {
        message: trans.__('The wallet has no connection to its chain.'),
        hint: trans.__('Look at its network settings, then try again.')
      };
    case 'unknown-chain':
      return {
        message: trans.__('The wallet does not know this chain.'),
        hint: trans.__('Add it in the wallet, then try again.')
      };
    case 'failed':
      return {
        message: trans.__('The wallet did not do it.'),
        hint:
          trouble.detail === null
            ? null
            : trans.__('It says: %1', trouble.detail)
      };
    case 'server':
      return trouble.problem;
  }
}

/** What is not as it was when somebody signed in. */
export function driftText(
  drift: WalletDrift,
  session: { readonly address: string } | null,
  chainTitle: string,
  trans: TranslationBundle
): string {
  switch (drift.kind) {
    case 'ended':
      return trans.__(
        'You are signed out: the time is over, the server was started again, or you signed out elsewhere.'
      );
    case 'disconnected':
      return trans.__(
        'The wallet has lost its connection to its chain. What needs a signature waits until it is back.'
      );
    case 'locked':
      return trans.__(
        'The wallet is locked, or no longer lets this page see your account. What needs a signature waits until it does.'
      );
    case 'account':
      return trans.__(
        'The wallet now uses %1. Here you are still signed in as %2.',
        shortAddress(drift.address),
        shortAddress(session?.address ?? '')
      );
    case 'chain':
      return trans.__(
        'The wallet is on another chain (number %1). What is done here is done on %2.',
        drift.chainId,
        chainTitle
      );
    case 'other-chain':
      return trans.__(
        'The chain is now %1. You signed in for another one.',
        chainTitle
      );
  }
}
