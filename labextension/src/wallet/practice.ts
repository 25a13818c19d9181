import type { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';

import { sandboxRPC, startSandbox } from '../api/sandbox';
import type { IEIP1193Provider } from './eip1193';
import { ProviderRPCError, isSameAddress } from './eip1193';
import { ANNOUNCE, REQUEST } from './eip6963';

/** A disc, as the picture of a coin; pictures of wallets cannot follow the theme. */
export const PRACTICE_ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path d='M3 6h15v3h3v11H3z' fill='none' stroke='gray' stroke-width='2'/><circle cx='17' cy='14.5' r='1.5' fill='gray'/></svg>";

/**
 * The sandbox's wallet: play money, and accounts whose keys stay on the server.
 */
export class PracticeProvider implements IEIP1193Provider {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {}

  async request(call: {
    readonly method: string;
    readonly params?: readonly unknown[];
  }): Promise<unknown> {
    const { method, params = [] } = call;
    if (method === 'eth_requestAccounts') {
      await startSandbox(this.settings);
    }
    const answer = await sandboxRPC(method, params, this.settings);
    if ('error' in answer) {
      const { code, message } = answer.error;
      throw new ProviderRPCError(code, message);
    }
    const { result } = answer;
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') {
      this.accounts = Array.isArray(result) ? result.map(String) : [];
      return this.ordered();
    }
    return result;
  }

  on(event: string, listener: (value: unknown) => void): void {
    if (event === 'accountsChanged') {
      this.listeners.add(listener);
    }
  }

  removeListener(_event: string, listener: (value: unknown) => void): void {
    this.listeners.delete(listener);
  }

  /** Use one of its accounts from now on. */
  select(address: string): void {
    this.selected = address;
    for (const listener of this.listeners) {
      listener(this.ordered());
    }
  }

  private ordered(): string[] {
    const { accounts, selected } = this;
    const isFirst = (each: string): boolean =>
      selected !== null && isSameAddress(each, selected);
    return [
      ...accounts.filter(isFirst),
      ...accounts.filter(each => !isFirst(each))
    ];
  }

  private accounts: readonly string[] = [];
  private selected: string | null = null;
  private readonly listeners = new Set<(value: unknown) => void>();
}

/** Tell other scripts of the page of a wallet, by EIP-6963, until the result is disposed. */
export function announce(
  page: EventTarget,
  name: string,
  provider: IEIP1193Provider
): IDisposable {
  const info = Object.freeze({
    uuid: UUID.uuid4(),
    name,
    icon: PRACTICE_ICON,
    rdns: 'jupyter-ipfs.practice'
  });
  const tell = (): void => {
    const detail = Object.freeze({ info, provider });
    page.dispatchEvent(new CustomEvent(ANNOUNCE, { detail }));
  };
  page.addEventListener(REQUEST, tell);
  tell();
  return new DisposableDelegate(() => page.removeEventListener(REQUEST, tell));
}
