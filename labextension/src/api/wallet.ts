import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** Who is signed in with a wallet; the signature stays on the server. */
export interface IWalletSession {
  /** With EIP-55's checksum. */
  readonly address: string;
  readonly chain_id: number;
  readonly wallet_name: string;
  /** `sandbox` for the practice wallet. */
  readonly kind: 'browser' | 'sandbox';
  /** Seconds since the epoch. */
  readonly signed_in_at: number;
  readonly expires_at: number;
}

/** The chain that is chosen in the settings. */
export interface IChain {
  readonly name: string;
  readonly chain_id: number;
  readonly title: string;
  /** The symbol of its native money. */
  readonly currency: string;
  /** Whether it is the sandbox: only on this computer, play money. */
  readonly practice: boolean;
  readonly explorer: string | null;
  /** The host only. */
  readonly rpc_url: string | null;
  readonly ocean_node: string | null;
}

/** What an address has, as decimal texts. */
export interface IBalance {
  readonly native: string;
  readonly ocean: string | null;
  readonly symbols: { readonly native: string; readonly ocean: string | null };
}

/** An account of the practice wallet. */
export interface IPracticeAccount {
  readonly address: string;
  /** `author` or `buyer`. */
  readonly label: string;
}

/** All that the server knows of wallets. */
export interface IWalletAnswer {
  readonly session: IWalletSession | null;
  readonly chain: IChain;
  readonly balance: IBalance | null;
  /** How many requests wait for a signature. */
  readonly requests: number;
  readonly sandbox: {
    readonly running: boolean;
    readonly accounts: readonly IPracticeAccount[];
  };
}

/** A text to sign, by EIP-4361. */
export interface IChallenge {
  readonly message: string;
  readonly nonce: string;
  readonly expires_at: number;
}

/**
 * Ask who is signed in.
 *
 * @param withBalance - Whether the chain is asked for the balance too, which may take a while.
 */
export async function getWallet(
  settings: ServerConnection.ISettings,
  withBalance = false
): Promise<IWalletAnswer> {
  const resource = withBalance ? 'wallet?balance=1' : 'wallet';
  return asWallet(await request(resource, { method: 'GET' }, settings));
}

/** Have the server write the message that signs an address in; it counts once. */
export async function createChallenge(
  address: string,
  chainId: number,
  settings: ServerConnection.ISettings
): Promise<IChallenge> {
  const init = {
    method: 'POST',
    body: JSON.stringify({ address, chain_id: chainId })
  };
  const body = await request('wallet/challenge', init, settings);
  const challenge = body as Partial<IChallenge> | null;
  if (typeof challenge?.message !== 'string') {
    throw new TypeError('jupyter-ipfs/wallet/challenge: no message');
  }
  return challenge as IChallenge;
}

/** What opens a session. */
export interface ISignedChallenge {
  readonly message: string;
  readonly signature: string;
  readonly wallet_name: string;
  readonly kind: IWalletSession['kind'];
}

/** Sign in with a signed message. */
export async function createSession(
  signed: ISignedChallenge,
  settings: ServerConnection.ISettings
): Promise<IWalletAnswer> {
  const init = { method: 'POST', body: JSON.stringify(signed) };
  return asWallet(await request('wallet/session', init, settings));
}

/** Sign out. */
export async function deleteSession(
  settings: ServerConnection.ISettings
): Promise<void> {
  await request('wallet/session', { method: 'DELETE' }, settings);
}

/** Check that an answer tells of wallets. */
export function asWallet(body: unknown): IWalletAnswer {
  const answer = body as Partial<IWalletAnswer> | null;
  if (
    typeof answer !== 'object' ||
    answer === null ||
    typeof answer.chain?.chain_id !== 'number' ||
    typeof answer.chain.title !== 'string' ||
    !Array.isArray(answer.sandbox?.accounts) ||
    (answer.session !== null && typeof answer.session?.address !== 'string')
  ) {
    throw new TypeError('jupyter-ipfs/wallet: not about a wallet');
  }
  return answer as IWalletAnswer;
}
