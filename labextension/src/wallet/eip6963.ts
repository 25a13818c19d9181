import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IEIP1193Provider } from './eip1193';

export const ANNOUNCE = 'eip6963:announceProvider';
export const REQUEST = 'eip6963:requestProvider';

/** More than any wallet's picture takes, and little enough to be drawn. */
const MAX_ICON = 200_000;
const MAX_WALLETS = 50;

/** A wallet that this page can use. */
export interface IFoundWallet {
  /** Unique in this page. */
  readonly id: string;
  /** As it calls itself, which may be anything; none for one without EIP-6963. */
  readonly name: string | null;
  /** A `data:` URI of a picture. */
  readonly icon: string | null;
  readonly kind: 'announced' | 'injected' | 'practice';
  readonly provider: IEIP1193Provider;
}

/**
 * The wallets that have told of themselves by EIP-6963, else the one in `window.ethereum`.
 */
export class WalletDirectory {
  /**
   * @param page - Where wallets tell of themselves.
   * @param own - A provider of our own, which is not listed.
   */
  constructor(
    private readonly page: EventTarget & { ethereum?: unknown },
    private readonly own: IEIP1193Provider
  ) {
    page.addEventListener(ANNOUNCE, this.note);
    this.ask();
  }

  /** In the order in which they came. */
  get wallets(): readonly IFoundWallet[] {
    if (this.found.size > 0) {
      return [...this.found.values()];
    }
    const { ethereum } = this.page;
    return isProvider(ethereum)
      ? [
          {
            id: 'injected',
            name: null,
            icon: null,
            kind: 'injected',
            provider: ethereum
          }
        ]
      : [];
  }

  /** Emitted after `wallets` has changed by an announcement. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Have all wallets tell of themselves again. */
  ask(): void {
    this.page.dispatchEvent(new Event(REQUEST));
  }

  dispose(): void {
    this.page.removeEventListener(ANNOUNCE, this.note);
    Signal.clearData(this);
  }

  private readonly note = (event: Event): void => {
    const wallet = asWallet((event as CustomEvent<unknown>).detail);
    if (
      wallet === null ||
      wallet.provider === this.own ||
      // Who comes later can't take the place of another.
      this.found.has(wallet.id) ||
      this.found.size === MAX_WALLETS
    ) {
      return;
    }
    this.found.set(wallet.id, wallet);
    this.changedSignal.emit();
  };

  private readonly found = new Map<string, IFoundWallet>();
  private readonly changedSignal = new Signal<this, void>(this);
}

/** Read an announcement, which any script of the page can make. */
function asWallet(detail: unknown): IFoundWallet | null {
  const { info, provider } = (detail ?? {}) as Record<string, unknown>;
  const { uuid, name, icon } = (info ?? {}) as Record<string, unknown>;
  if (
    typeof uuid !== 'string' ||
    typeof name !== 'string' ||
    name.trim() === '' ||
    !isProvider(provider)
  ) {
    return null;
  }
  return {
    id: uuid,
    name,
    icon: isPicture(icon) ? icon : null,
    kind: 'announced',
    provider
  };
}

/** Whether it is a picture that nothing has to be fetched for. */
function isPicture(icon: unknown): icon is string {
  return (
    typeof icon === 'string' &&
    icon.length <= MAX_ICON &&
    /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(icon)
  );
}

function isProvider(value: unknown): value is IEIP1193Provider {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { request?: unknown }).request === 'function'
  );
}
