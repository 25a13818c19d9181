import type { IChain, IWalletSession } from '../api/wallet';
import { isSameAddress } from '../wallet/eip1193';

/**
 * What is not as it was when somebody signed in.
 *
 * - `ended`: the session, without their doing;
 * - `disconnected`: the wallet has no connection to its chain;
 * - `locked`: the wallet gives this page no account;
 * - `account`, `chain`: the wallet uses another one;
 * - `other-chain`: another chain was chosen in the settings.
 */
export type WalletDrift =
  | { readonly kind: 'ended' | 'disconnected' | 'locked' | 'other-chain' }
  | { readonly kind: 'account'; readonly address: string }
  | { readonly kind: 'chain'; readonly chainId: number };

/** What a wallet says of itself. */
export interface IWalletNow {
  readonly account: string | null;
  readonly chainId: number | null;
  readonly isDisconnected: boolean;
}

/** Compare a session with the chain that is chosen and with its wallet, if that is here. */
export function driftOf(
  session: IWalletSession | null,
  chain: IChain | null,
  wallet: IWalletNow | null
): WalletDrift | null {
  if (session === null) {
    return null;
  }
  if (chain !== null && chain.chain_id !== session.chain_id) {
    return { kind: 'other-chain' };
  }
  if (wallet === null) {
    return null;
  }
  const { account, chainId } = wallet;
  if (wallet.isDisconnected) {
    return { kind: 'disconnected' };
  }
  if (account === null) {
    return { kind: 'locked' };
  }
  if (!isSameAddress(account, session.address)) {
    return { kind: 'account', address: account };
  }
  return chainId !== null && chainId !== session.chain_id
    ? { kind: 'chain', chainId }
    : null;
}
