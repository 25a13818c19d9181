import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** What is known of the local repo's bytes. */
export interface IHealth {
  /** When it was last checked, in seconds since the epoch. */
  readonly checked_at: number | null;
  /** What is wrong, in words. */
  readonly damaged: readonly string[];
  /** Set after state was lost: what was found again. */
  readonly recovery: Readonly<Record<string, unknown>> | null;
}

/** Ask what is known; nothing is checked by asking. */
export async function getHealth(
  settings: ServerConnection.ISettings
): Promise<IHealth> {
  const body = await request('health', { method: 'GET' }, settings);
  const health = body as Partial<IHealth> | null;
  return {
    checked_at: health?.checked_at ?? null,
    damaged: Array.isArray(health?.damaged) ? health.damaged : [],
    recovery: health?.recovery ?? null
  };
}
