import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type { IBackendStatus } from './status';
import { asBackendStatus } from './status';

/** Where a setting's value comes from. */
export type ConfigOrigin = 'environment' | 'server' | 'file' | 'default';

/** The settings of the node (`config.toml` and what outranks it). */
export interface IConfig {
  readonly backend: string;
  readonly backends: readonly string[];
  readonly kubo_url: string;
  /** The token itself stays on the server. */
  readonly kubo_token: {
    readonly source: string;
    readonly last4: string;
  } | null;
  /** The Kubo URLs of which the user agreed that what is put there becomes public. */
  readonly announce: readonly string[];
  /** Addresses of the gateways that are asked for what is not here. */
  readonly gateways: readonly string[];
  /** Whether the public gateways are asked too. */
  readonly public_gateways: boolean;
  /** Folders of CARs, CAR files and addresses of CARs, where what is not here is looked for. */
  readonly sources: readonly string[];
  /** Bytes. */
  readonly quota: number | null;
  readonly origin: Readonly<Record<string, ConfigOrigin>>;
  /** What the administrator has locked. */
  readonly locked: readonly string[];
}

/** What the panel may change. */
export interface IConfigChange {
  readonly backend?: string;
  readonly kubo_url?: string;
  readonly kubo_token?: string;
  readonly announce?: readonly string[];
  readonly gateways?: readonly string[];
  readonly sources?: readonly string[];
  readonly chain?: string;
  readonly rpc_url?: string;
  readonly ocean_node?: string;
}

/** Ask for the settings. */
export async function getConfig(
  settings: ServerConnection.ISettings
): Promise<IConfig> {
  return asConfig(await request('config', { method: 'GET' }, settings));
}

/** Change some settings; they count for kernels too. */
export async function putConfig(
  change: IConfigChange,
  settings: ServerConnection.ISettings
): Promise<IConfig> {
  const init = { method: 'PUT', body: JSON.stringify(change) };
  const body = await request('config', init, settings);
  return body === null ? getConfig(settings) : asConfig(body);
}

/**
 * Ask the Kubo at an address how it is; nothing is written.
 *
 * @param token - `bearer:…` or `basic:…`; without one, that which is set for this address.
 */
export async function askKubo(
  url: string,
  token: string | null,
  settings: ServerConnection.ISettings
): Promise<IBackendStatus> {
  const body = JSON.stringify({ kubo_url: url, kubo_token: token });
  return asBackendStatus(
    await request('config/kubo', { method: 'POST', body }, settings)
  );
}

/** Check that the server's answer is what the settings look like. */
export function asConfig(body: unknown): IConfig {
  const config = body as Partial<IConfig> | null;
  if (
    typeof config !== 'object' ||
    config === null ||
    typeof config.backend !== 'string' ||
    !Array.isArray(config.backends) ||
    !Array.isArray(config.announce) ||
    !Array.isArray(config.gateways) ||
    !Array.isArray(config.sources) ||
    !Array.isArray(config.locked) ||
    typeof config.origin !== 'object'
  ) {
    throw new TypeError('jupyter-ipfs/config: no settings');
  }
  return config as IConfig;
}
