import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import {
  chainOf,
  follow,
  isSameAddress,
  knownAccounts
} from '../wallet/eip1193';
import type { IFoundWallet } from '../wallet/eip6963';

/**
 * A wallet that is used, followed live: its accounts and its chain can change at any time.
 */
export class WalletConnection implements IDisposable {
  /**
   * @param wallet - The wallet.
   * @param accounts - Those that the page may use.
   */
  constructor(
    readonly wallet: IFoundWallet,
    private accounts: readonly string[]
  ) {
    this.followed = follow(wallet.provider, {
      onAccounts: now => {
        this.accounts = now;
        this.changedSignal.emit();
      },
      onChain: now => {
        this.chain = now;
        this.changedSignal.emit();
      },
      onDisconnect: () => {
        this.disconnected = true;
        this.changedSignal.emit();
      },
      onConnect: () => {
        this.disconnected = false;
        this.changedSignal.emit();
      }
    });
    void this.askChain();
  }

  /** The account in use; none if the wallet is locked or has shut this page out. */
  get account(): string | null {
    return this.accounts.length > 0 ? this.accounts[0] : null;
  }

  /** `null` if the wallet does not say. */
  get chainId(): number | null {
    return this.chain;
  }

  get isDisconnected(): boolean {
    return this.disconnected;
  }

  /** Emitted after any of these has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  get isDisposed(): boolean {
    return this.followed.isDisposed;
  }

  dispose(): void {
    this.followed.dispose();
    Signal.clearData(this);
  }

  private async askChain(): Promise<void> {
    this.chain = await chainOf(this.wallet.provider);
    this.changedSignal.emit();
  }

  private chain: number | null = null;
  private disconnected = false;
  private readonly followed: IDisposable;
  private readonly changedSignal = new Signal<this, void>(this);
}

/** The first wallet that lets this page use an address; no wallet shows anything. */
export async function walletOf(
  address: string,
  wallets: readonly IFoundWallet[]
): Promise<{ wallet: IFoundWallet; accounts: string[] } | null> {
  for (const wallet of wallets) {
    const accounts = await knownAccounts(wallet.provider);
    if (accounts.some(each => isSameAddress(each, address))) {
      return { wallet, accounts };
    }
  }
  return null;
}
