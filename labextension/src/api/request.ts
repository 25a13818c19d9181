import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/**
 * The server answered, but not with what was asked for.
 */
export class APIError extends Error {
  /**
   * @param status - The HTTP status.
   * @param message - What happened, in the server's words.
   * @param hint - What to do next, in the server's words.
   * @param code - The error's class in Python, if it is one of ours.
   */
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string | null = null,
    readonly code: string | null = null
  ) {
    super(message);
    this.name = 'APIError';
  }

  /** Whether the routes are absent: the server part is not enabled. */
  get isMissing(): boolean {
    return this.status === 404 && this.code === null;
  }
}

/**
 * Ask our part of the Jupyter server.
 *
 * @param resource - The route below `<base_url>/jupyter-ipfs/`.
 * @param init - As for `fetch`.
 * @param settings - The connection to use.
 * @returns The decoded JSON; its shape is the caller's to check.
 * @throws APIError if the server answers with an error.
 */
export async function request(
  resource: string,
  init: RequestInit,
  settings: ServerConnection.ISettings
): Promise<unknown> {
  const url = URLExt.join(settings.baseUrl, 'jupyter-ipfs', resource);
  const response = await ServerConnection.makeRequest(url, init, settings);
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Proxies answer in HTML; the status says enough.
  }
  if (!response.ok) {
    throw new APIError(
      response.status,
      stringField(body, 'message') ?? response.statusText,
      stringField(body, 'hint'),
      stringField(body, 'code')
    );
  }
  return body;
}

function stringField(body: unknown, name: string): string | null {
  if (typeof body !== 'object' || body === null) {
    return null;
  }
  const value = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : null;
}
