import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

import { APIError } from '../api/request';

/** What a wallet offers to a page, by EIP-1193. */
export interface IEIP1193Provider {
  request(call: {
    readonly method: string;
    readonly params?: readonly unknown[];
  }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
}

/** An error as EIP-1193 has it, for providers of our own. */
export class ProviderRPCError extends Error {
  /**
   * @param code - One of EIP-1193's or of JSON-RPC's codes.
   * @param message - What happened.
   */
  constructor(
    readonly code: number,
    message: string
  ) {
    super(message);
    this.name = 'ProviderRpcError';
  }
}

/**
 * Why a wallet has not done what it was asked to.
 *
 * - `rejected`: the user said no, or closed its window;
 * - `pending`: it has an unanswered question open already;
 * - `unauthorized`: it does not let this page do that;
 * - `unsupported`: it cannot do that;
 * - `disconnected`: it has no connection to the chain;
 * - `unknown-chain`: it does not know the chain;
 * - `abandoned`: it was no longer waited for;
 * - `failed`: anything else.
 */
export type WalletErrorKind =
  | 'rejected'
  | 'pending'
  | 'unauthorized'
  | 'unsupported'
  | 'disconnected'
  | 'unknown-chain'
  | 'abandoned'
  | 'failed';

/** A wallet has not done what it was asked to. */
export class WalletError extends Error {
  /**
   * @param kind - Why.
   * @param message - In the wallet's words, which may be anything.
   */
  constructor(
    readonly kind: WalletErrorKind,
    message: string
  ) {
    super(message);
    this.name = 'WalletError';
  }
}

/** EIP-1193, EIP-1474 and EIP-3326. */
const KINDS: Readonly<Partial<Record<string, WalletErrorKind>>> = {
  '4001': 'rejected',
  '4100': 'unauthorized',
  '4200': 'unsupported',
  '4900': 'disconnected',
  '4901': 'disconnected',
  '4902': 'unknown-chain',
  '-32002': 'pending',
  '-32601': 'unsupported',
  // Some wallets give a name, as ethers does.
  ACTION_REJECTED: 'rejected'
};

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/**
 * Ask a wallet for something.
 *
 * @param signal - Ends the waiting; a wallet's own window may stay open all the same.
 * @throws WalletError, and of the practice wallet APIError
 */
export async function call(
  provider: IEIP1193Provider,
  method: string,
  params: readonly unknown[] = [],
  signal?: AbortSignal
): Promise<unknown> {
  try {
    if (signal?.aborted === true) {
      throw new WalletError('abandoned', '');
    }
    const answer = provider.request({ method, params });
    return await (signal === undefined
      ? answer
      : Promise.race([answer, abandoned(signal)]));
  } catch (error) {
    throw asWalletError(error);
  }
}

/** What went wrong, whatever a wallet has thrown. */
function asWalletError(error: unknown): Error {
  if (error instanceof WalletError || error instanceof APIError) {
    return error;
  }
  if (!isRecord(error)) {
    return new WalletError('failed', String(error));
  }
  const { code, message } = error;
  const words = typeof message === 'string' ? message : '';
  // MetaMask's mobile app puts EIP-3326's code one level down.
  const data = isRecord(error.data) ? error.data.originalError : null;
  const inner = isRecord(data) ? data.code : null;
  const kind =
    kindOf(code) ?? kindOf(inner) ?? (isClosed(words) ? 'rejected' : 'failed');
  return new WalletError(kind, words);
}

function kindOf(code: unknown): WalletErrorKind | undefined {
  return typeof code === 'number' || typeof code === 'string'
    ? KINDS[String(code)]
    : undefined;
}

/**
 * Ask for the accounts that the page may use; the wallet asks the user first if need be.
 *
 * @returns At least one.
 * @throws WalletError
 */
export async function requestAccounts(
  provider: IEIP1193Provider,
  signal?: AbortSignal
): Promise<string[]> {
  const accounts = asAddresses(
    await call(provider, 'eth_requestAccounts', [], signal)
  );
  if (accounts.length === 0) {
    throw new WalletError('unauthorized', '');
  }
  return accounts;
}

/** The accounts that the page may use already; the wallet shows nothing. Never rejects. */
export async function knownAccounts(
  provider: IEIP1193Provider
): Promise<string[]> {
  try {
    return asAddresses(await call(provider, 'eth_accounts'));
  } catch {
    return [];
  }
}

/** The chain that the wallet is on; `null` if it does not say. Never rejects. */
export async function chainOf(
  provider: IEIP1193Provider
): Promise<number | null> {
  try {
    return asChainId(await call(provider, 'eth_chainId'));
  } catch {
    return null;
  }
}

/**
 * Have a text signed, by EIP-191.
 *
 * @returns The signature, as hexadecimal.
 * @throws WalletError
 */
export async function signText(
  provider: IEIP1193Provider,
  text: string,
  address: string,
  signal?: AbortSignal
): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0'));
  const params = [`0x${hex.join('')}`, address];
  return asHex(await call(provider, 'personal_sign', params, signal));
}

/** A chain as EIP-3085 describes it to wallets. */
export interface IAddedChain {
  readonly chainId: number;
  readonly chainName: string;
  /** Symbol of the native money. */
  readonly symbol: string;
  readonly rpcURL: string;
  readonly explorer: string | null;
}

/**
 * Have the wallet change to a chain, by EIP-3326.
 *
 * @throws WalletError `unknown-chain` if it has to be added first.
 */
export async function switchChain(
  provider: IEIP1193Provider,
  chainId: number,
  signal?: AbortSignal
): Promise<void> {
  const params = [{ chainId: hexChain(chainId) }];
  await call(provider, 'wallet_switchEthereumChain', params, signal);
}

/**
 * Have the wallet add a chain, by EIP-3085.
 *
 * @throws WalletError
 */
export async function addChain(
  provider: IEIP1193Provider,
  chain: IAddedChain,
  signal?: AbortSignal
): Promise<void> {
  const { symbol } = chain;
  const params = [
    {
      chainId: hexChain(chain.chainId),
      chainName: chain.chainName,
      nativeCurrency: { name: symbol, symbol, decimals: 18 },
      rpcUrls: [chain.rpcURL],
      ...(chain.explorer === null
        ? {}
        : { blockExplorerUrls: [chain.explorer] })
    }
  ];
  await call(provider, 'wallet_addEthereumChain', params, signal);
}

/** What a wallet tells by itself. */
export interface IWalletListener {
  /** The accounts that the page may use, the one in use first. */
  readonly onAccounts: (accounts: string[]) => void;
  readonly onChain: (chainId: number | null) => void;
  /** It has lost every chain. */
  readonly onDisconnect: () => void;
  readonly onConnect: () => void;
}

/** Listen to a wallet until the result is disposed. */
export function follow(
  provider: IEIP1193Provider,
  listener: IWalletListener
): IDisposable {
  const listeners: Readonly<Record<string, (value: unknown) => void>> = {
    accountsChanged: value => listener.onAccounts(asAddresses(value)),
    chainChanged: value => listener.onChain(asChainId(value)),
    disconnect: () => listener.onDisconnect(),
    connect: () => listener.onConnect()
  };
  for (const [event, each] of Object.entries(listeners)) {
    provider.on?.(event, each);
  }
  return new DisposableDelegate(() => {
    for (const [event, each] of Object.entries(listeners)) {
      provider.removeListener?.(event, each);
    }
  });
}

/** Whether two texts are one address; only its checksum is in the letters' case. */
export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Check that an answer is hexadecimal, such as a signature or a transaction's hash. */
export function asHex(value: unknown): string {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]+$/.test(value)) {
    throw new WalletError('failed', '');
  }
  return value;
}

function asAddresses(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter(
        (each): each is string => typeof each === 'string' && ADDRESS.test(each)
      )
    : [];
}

function asChainId(value: unknown): number | null {
  // Hexadecimal by EIP-695; some wallets give a number.
  const id =
    typeof value === 'string' && /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(value)
      ? Number(value)
      : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0
    ? id
    : null;
}

function hexChain(chainId: number): string {
  return `0x${chainId.toString(16)}`;
}

/** Wallets whose window is closed say so in many ways, some without a code. */
function isClosed(words: string): boolean {
  return /\b(user|popup|window|modal)\b.{0,20}\b(rejected|denied|closed|cancell?ed)\b/i.test(
    words
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function abandoned(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(new WalletError('abandoned', '')),
      { once: true }
    );
  });
}
