import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type { IPracticeAccount } from './wallet';

/** The practice chain and what it has. */
export interface ISandbox {
  readonly running: boolean;
  readonly accounts: readonly IPracticeAccount[];
}

/** Start the practice chain, and wait until it is ready. */
export async function startSandbox(
  settings: ServerConnection.ISettings
): Promise<ISandbox> {
  const init = { method: 'POST', body: JSON.stringify({}) };
  const body = await request('sandbox', init, settings);
  const sandbox = body as Partial<ISandbox> | null;
  if (!Array.isArray(sandbox?.accounts)) {
    throw new TypeError('jupyter-ipfs/sandbox: no accounts');
  }
  return sandbox as ISandbox;
}

/** What JSON-RPC answers. */
export type RPCAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } };

/** Ask the practice wallet, which is on the server; it does little and refuses the rest. */
export async function sandboxRPC(
  method: string,
  params: readonly unknown[],
  settings: ServerConnection.ISettings
): Promise<RPCAnswer> {
  const init = { method: 'POST', body: JSON.stringify({ method, params }) };
  const body = await request('sandbox/rpc', init, settings);
  const { error } = (body ?? {}) as { error?: Record<string, unknown> | null };
  if (error === undefined || error === null) {
    return { result: (body as { result?: unknown } | null)?.result };
  }
  const { code, message } = error;
  return {
    error: {
      code: typeof code === 'number' ? code : -32603,
      message: typeof message === 'string' ? message : ''
    }
  };
}
