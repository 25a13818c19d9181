import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** What somebody asks to be signed, in the server's words. */
export interface ISignRequest {
  readonly id: string;
  readonly kind: 'sign-in' | 'ocean-request' | 'contract-call' | 'vouch';
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly value: string }[];
  readonly warning: string | null;
  /** What the asker says of it, which may be anything. */
  readonly note: string | null;
  /** Who has to sign; anyone for a sign-in. */
  readonly address: string | null;
  readonly chain_id: number;
  readonly kernel: string | null;
  readonly notebook: string | null;
  /** Seconds since the epoch. */
  readonly created_at: number;
  readonly expires_at: number;
  readonly state: string;
}

/** What a wallet is asked. */
export interface IWalletCall {
  readonly method: 'personal_sign' | 'eth_sendTransaction';
  readonly params: readonly unknown[];
  readonly chain_id: number;
}

/** Ask what waits for a signature, the oldest first. */
export async function getRequests(
  settings: ServerConnection.ISettings
): Promise<ISignRequest[]> {
  const body = await request('wallet/requests', { method: 'GET' }, settings);
  const requests = (body as { requests?: unknown } | null)?.requests;
  if (!Array.isArray(requests)) {
    throw new TypeError('jupyter-ipfs/wallet/requests: no list');
  }
  return requests.map(asSignRequest);
}

/**
 * Say that a request is taken up.
 *
 * @param address - Who is going to sign.
 * @returns What the wallet has to be asked, made by the server.
 */
export async function takeRequest(
  { id, kind, chain_id }: ISignRequest,
  address: string,
  settings: ServerConnection.ISettings
): Promise<IWalletCall> {
  const body = await request(
    `wallet/requests/${encodeURIComponent(id)}/shown`,
    {
      method: 'POST',
      body: JSON.stringify({
        address,
        ...(kind === 'sign-in' ? { chain_id } : {})
      })
    },
    settings
  );
  const call = body as Partial<IWalletCall> | null;
  const method =
    kind === 'contract-call' ? 'eth_sendTransaction' : 'personal_sign';
  if (call?.method !== method || !Array.isArray(call.params)) {
    throw new TypeError('jupyter-ipfs/wallet/requests: not a call');
  }
  return call as IWalletCall;
}

/**
 * Hand over a signature, or the hash of the transaction that was sent.
 *
 * @param walletName - What a session that begins with it says of the wallet.
 */
export async function answerRequest(
  id: string,
  result: string,
  walletName: string | null,
  settings: ServerConnection.ISettings
): Promise<void> {
  await answer(id, { result, wallet_name: walletName }, settings);
}

/** Say no. */
export async function rejectRequest(
  id: string,
  settings: ServerConnection.ISettings,
  reason?: string
): Promise<void> {
  await answer(id, { rejected: true, reason }, settings);
}

async function answer(
  id: string,
  body: Readonly<Record<string, unknown>>,
  settings: ServerConnection.ISettings
): Promise<void> {
  const init = { method: 'POST', body: JSON.stringify(body) };
  const resource = `wallet/requests/${encodeURIComponent(id)}/answer`;
  await request(resource, init, settings);
}

function asSignRequest(body: unknown): ISignRequest {
  const found = body as Partial<ISignRequest> | null;
  if (
    typeof found?.id !== 'string' ||
    typeof found.title !== 'string' ||
    typeof found.expires_at !== 'number' ||
    !Array.isArray(found.lines)
  ) {
    throw new TypeError('jupyter-ipfs/wallet/requests: not a request');
  }
  return found as ISignRequest;
}
