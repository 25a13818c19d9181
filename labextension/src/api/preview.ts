import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';

/** The first rows of a table; the cells may be anything that JSON can say. */
export interface ITable {
  readonly columns: readonly unknown[];
  readonly rows: readonly (readonly unknown[])[];
  readonly total_rows: number | null;
}

/** What can be shown of some content, without anything in it being active. */
export interface IPreview {
  readonly kind: string;
  readonly mime: string;
  readonly size: number | null;
  readonly text?: string | null;
  readonly truncated?: boolean;
  /** Base64; the server has looked at the first bytes. */
  readonly image?: string | null;
  readonly table?: ITable | null;
}

/** Ask what to show of a path. Nothing is fetched from elsewhere. */
export async function getPreview(
  path: string,
  settings: ServerConnection.ISettings
): Promise<IPreview> {
  const resource = `preview?path=${encodeURIComponent(path)}`;
  const body = await request(resource, { method: 'GET' }, settings);
  if (typeof (body as Partial<IPreview> | null)?.kind !== 'string') {
    throw new TypeError('jupyter-ipfs/preview: not a preview');
  }
  return body as IPreview;
}
