import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/**
 * Have the node ask one more gateway for what it does not have.
 *
 * @param url - Its address, `https://host`.
 * @throws APIError if the settings are locked.
 */
export async function addGateway(
  url: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  const body = await request('config', { method: 'GET' }, settings);
  const known = (body as { gateways?: unknown } | null)?.gateways;
  if (!Array.isArray(known)) {
    throw new TypeError('jupyter-ipfs/config: no gateways');
  }
  if (known.includes(url)) {
    return;
  }
  const gateways = [...(known as unknown[]), url];
  const init = { method: 'PUT', body: JSON.stringify({ gateways }) };
  await request('config', init, settings);
}
