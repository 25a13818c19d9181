import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';

import type { JobState } from './jobs';

/** What the server tells by itself; it never names content (safety.md 11). */
export type ServerEvent =
  | { readonly type: 'changed' | 'config' | 'request' | 'wallet' }
  | {
      readonly type: 'job';
      readonly id: string;
      readonly state: JobState;
      readonly phase: string;
      readonly files: number;
      readonly files_total: number | null;
      readonly size: number;
      readonly size_total: number | null;
      readonly existing: number;
    };

/**
 * Connect to what the server tells by itself. As for kernels, the token goes along only where
 * the connection's settings ask for it; otherwise the cookie counts.
 */
export function openWatch(settings: ServerConnection.ISettings): WebSocket {
  let url = URLExt.join(settings.wsUrl, 'jupyter-ipfs', 'watch');
  if (settings.appendToken && settings.token !== '') {
    url += `?token=${encodeURIComponent(settings.token)}`;
  }
  return new settings.WebSocket(url);
}

/**
 * Read a message of the server.
 *
 * @returns The event, or `null` for one that this version does not know.
 */
export function parseServerEvent(data: unknown): ServerEvent | null {
  if (typeof data !== 'string') {
    return null;
  }
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof event !== 'object' || event === null) {
    return null;
  }
  const { type, id, state } = event as Record<string, unknown>;
  if (
    type === 'changed' ||
    type === 'config' ||
    type === 'request' ||
    type === 'wallet'
  ) {
    return { type };
  }
  if (type === 'job' && typeof id === 'string' && typeof state === 'string') {
    return event as ServerEvent;
  }
  return null;
}
