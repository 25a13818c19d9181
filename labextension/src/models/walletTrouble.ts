import { APIError } from '../api/request';
import type { WalletErrorKind } from '../wallet/eip1193';
import { WalletError } from '../wallet/eip1193';
import { plainText } from './plainText';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** Why something with a wallet did not work, as people are told of it. */
export type WalletTrouble =
  | {
      readonly kind: Exclude<WalletErrorKind, 'abandoned'>;
      /** In the wallet's words. */
      readonly detail: string | null;
    }
  | { readonly kind: 'server'; readonly problem: IProblem };

/** What to tell of an error; nothing to somebody who has stopped it. */
export function troubleOf(error: unknown): WalletTrouble | null {
  if (error instanceof WalletError) {
    const { kind, message } = error;
    return kind === 'abandoned' ? null : { kind, detail: plainText(message) };
  }
  return { kind: 'server', problem: problemOf(error) };
}

/** Whether the server knows of no wallets: it is older than this page. */
export function isWithoutWallets(error: unknown): boolean {
  return error instanceof APIError && error.isMissing;
}
