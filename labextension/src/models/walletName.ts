import type { IFoundWallet } from '../wallet/eip6963';
import { plainText } from './plainText';

/** What the server is told that a wallet is called; it does not translate. */
export function walletName({ kind, name }: IFoundWallet): string {
  if (kind === 'practice') {
    return 'Practice wallet';
  }
  return plainText(name, 60) ?? 'Browser wallet';
}
