import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ISignRequest, IWalletCall } from '../api/requests';
import {
  answerRequest,
  getRequests,
  rejectRequest,
  takeRequest
} from '../api/requests';
import {
  WalletError,
  addChain,
  asHex,
  call,
  chainOf,
  isSameAddress,
  requestAccounts,
  switchChain
} from '../wallet/eip1193';
import type { IFoundWallet } from '../wallet/eip6963';
import type { WalletModel } from './wallet';
import { walletName } from './walletName';
import type { WalletTrouble } from './walletTrouble';
import { troubleOf } from './walletTrouble';

/** How far the request that is shown has come. */
export type SignState =
  | { readonly kind: 'asked' }
  /** Nobody has found a wallet that has the address. */
  | { readonly kind: 'no-wallet' }
  /** Somebody else is signed in, or nobody. */
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'waiting' | 'answering' | 'switching' }
  | { readonly kind: 'wrong-account'; readonly has: string }
  | {
      readonly kind: 'wrong-chain';
      readonly has: number;
      /** The wallet does not know the chain; it can be told of it. */
      readonly isUnknown: boolean;
    }
  | { readonly kind: 'trouble'; readonly trouble: WalletTrouble };

/** A transaction was sent although its request was over. */
export interface ISentTooLate {
  readonly title: string;
  readonly txHash: string;
}

/**
 * What waits for a signature. One is shown at a time; a wallet is asked only by `sign`,
 * `switchWallet` and `addToWallet`, which are for clicks.
 */
export class SignRequestsModel {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param wallet - Who is signed in, and the wallets of this page.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly wallet: WalletModel
  ) {}

  /** The one that is shown: the oldest. */
  get current(): ISignRequest | null {
    return this.requests.length > 0 ? this.requests[0] : null;
  }

  /** How many others wait. */
  get more(): number {
    return Math.max(0, this.requests.length - 1);
  }

  get state(): SignState {
    return this.currentState;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Emitted when a wallet has sent something after its request was over. */
  get sentTooLate(): ISignal<this, ISentTooLate> {
    return this.sentTooLateSignal;
  }

  /** Ask what waits; never rejects. */
  async refresh(): Promise<void> {
    const turn = ++this.turn;
    let requests: ISignRequest[];
    try {
      requests = await getRequests(this.settings);
    } catch {
      // The wallet's section says what is wrong with the server.
      return;
    }
    if (turn === this.turn) {
      this.set(
        requests.filter(({ id, state }) => isOpen(state) && !this.over.has(id))
      );
    }
  }

  /**
   * Ask a wallet for the signature.
   *
   * @param chosen - The wallet; without it that which has the address.
   */
  async sign(chosen?: IFoundWallet): Promise<void> {
    await this.attempt(async (request, signal) => {
      const { address } = request;
      const wallet =
        chosen ??
        (address === null ? null : await this.wallet.walletFor(address));
      if (wallet === null) {
        return { kind: 'no-wallet' };
      }
      const { kind, provider } = wallet;
      if (kind === 'practice' && address !== null) {
        this.wallet.selectPractice(address);
      }
      const accounts = await requestAccounts(provider, signal);
      const account =
        address === null
          ? accounts[0]
          : accounts.find(each => isSameAddress(each, address));
      if (account === undefined) {
        return { kind: 'wrong-account', has: accounts[0] };
      }
      if (request.kind === 'contract-call') {
        const has = await chainOf(provider);
        if (has !== null && has !== request.chain_id) {
          this.asked = wallet;
          return { kind: 'wrong-chain', has, isUnknown: false };
        }
      }
      const { session } = this.wallet;
      if (
        address !== null &&
        (session === null || !isSameAddress(session.address, address))
      ) {
        return { kind: 'signed-out' };
      }
      const asked = await takeRequest(
        request,
        address ?? account,
        this.settings
      );
      const result = await this.askWallet(request, asked, wallet, signal);
      this.enter({ kind: 'answering' });
      const name = walletName(wallet);
      await answerRequest(request.id, result, name, this.settings);
      this.finish(request.id);
      return null;
    });
  }

  /** Sign in with the account that has to sign. */
  async signIn(): Promise<void> {
    const address = this.current?.address ?? null;
    const wallet =
      address === null ? null : await this.wallet.walletFor(address);
    if (address !== null && wallet !== null) {
      await this.attempt(async () => {
        const isDone = await this.wallet.signInWith(wallet, address);
        const { trouble } = this.wallet;
        return isDone || trouble === null
          ? { kind: 'asked' }
          : { kind: 'trouble', trouble };
      });
    }
  }

  /** Say no. */
  async reject(): Promise<void> {
    const { current } = this;
    if (current !== null) {
      this.cancel();
      this.finish(current.id);
      // Where it is over already nobody needs the answer.
      await rejectRequest(current.id, this.settings).catch(() => undefined);
    }
  }

  /** Have the wallet change to the chain of the request, then ask for the signature. */
  async switchWallet(): Promise<void> {
    const { asked } = this;
    if (asked === null) {
      return;
    }
    await this.attempt(async ({ chain_id }, signal) => {
      this.enter({ kind: 'switching' });
      try {
        await switchChain(asked.provider, chain_id, signal);
      } catch (error) {
        if (error instanceof WalletError && error.kind === 'unknown-chain') {
          const has = (await chainOf(asked.provider)) ?? 0;
          return { kind: 'wrong-chain', has, isUnknown: true };
        }
        throw error;
      }
      return { kind: 'asked' };
    });
  }

  /** Tell the wallet of the chain of the request. */
  async addToWallet(): Promise<void> {
    const { asked } = this;
    const { chain } = this.wallet;
    const rpcURL = chain?.rpc_url ?? null;
    if (asked === null || chain === null || rpcURL === null) {
      return;
    }
    const { title, currency, explorer } = chain;
    await this.attempt(async ({ chain_id }, signal) => {
      this.enter({ kind: 'switching' });
      await addChain(
        asked.provider,
        {
          chainId: chain_id,
          chainName: title,
          symbol: currency,
          // The server tells the host alone, for the rest may be a key.
          rpcURL: `https://${rpcURL}`,
          explorer
        },
        signal
      );
      return { kind: 'asked' };
    });
  }

  /** Wait no longer for the wallet; the request stays. */
  cancel(): void {
    this.abort?.abort();
    this.abort = null;
    this.enter({ kind: 'asked' });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    Signal.clearData(this);
  }

  private async attempt(
    act: (
      request: ISignRequest,
      signal: AbortSignal
    ) => Promise<SignState | null>
  ): Promise<void> {
    const { current } = this;
    if (current === null || this.abort !== null) {
      return;
    }
    const abort = new AbortController();
    this.abort = abort;
    let state: SignState | null;
    try {
      this.enter({ kind: 'waiting' });
      state = await act(current, abort.signal);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble?.kind === 'rejected' && this.current?.id === current.id) {
        await this.passOn(current, abort);
        return;
      }
      state = trouble === null ? null : { kind: 'trouble', trouble };
    }
    if (this.abort === abort) {
      this.abort = null;
      if (state !== null && this.current?.id === current.id) {
        this.enter(state);
      }
    }
  }

  /** What was rejected in the wallet is rejected. */
  private async passOn(
    request: ISignRequest,
    abort: AbortController
  ): Promise<void> {
    if (this.abort === abort) {
      this.abort = null;
    }
    this.rejectedSignal.emit(request);
    this.finish(request.id);
    const reason = 'rejected in the wallet';
    await rejectRequest(request.id, this.settings, reason).catch(
      () => undefined
    );
  }

  /** Emitted when a request was rejected in the wallet. */
  get rejected(): ISignal<this, ISignRequest> {
    return this.rejectedSignal;
  }

  private async askWallet(
    request: ISignRequest,
    asked: IWalletCall,
    { provider }: IFoundWallet,
    signal: AbortSignal
  ): Promise<string> {
    const { method, params } = asked;
    const answer = call(provider, method, params).then(asHex);
    if (method === 'eth_sendTransaction') {
      // What was sent has happened, whether or not somebody still waits for it.
      answer.then(
        txHash => {
          if (signal.aborted) {
            void this.tellLate(request, txHash);
          }
        },
        () => undefined
      );
    }
    return Promise.race([
      answer,
      new Promise<never>((_, reject) => {
        const stop = (): void => reject(new WalletError('abandoned', ''));
        signal.addEventListener('abort', stop, { once: true });
      })
    ]);
  }

  private async tellLate(request: ISignRequest, txHash: string): Promise<void> {
    try {
      await answerRequest(request.id, txHash, null, this.settings);
    } catch {
      this.sentTooLateSignal.emit({ title: request.title, txHash });
    }
  }

  /** It is not shown again, whatever an answer that is under way says. */
  private finish(id: string): void {
    this.over.add(id);
    this.set(this.requests.filter(each => each.id !== id));
  }

  private set(requests: readonly ISignRequest[]): void {
    const before = this.current?.id;
    this.requests = requests;
    if (this.current?.id !== before) {
      this.abort?.abort();
      this.abort = null;
      this.asked = null;
      this.currentState = { kind: 'asked' };
    }
    clearTimeout(this.timer);
    if (this.current !== null) {
      // The server says when it is over; this page's clock only reminds of asking.
      const left = this.current.expires_at * 1000 - Date.now();
      this.timer = setTimeout(
        () => void this.refresh(),
        Math.max(left + 200, 5000)
      );
    }
    this.changedSignal.emit();
  }

  private enter(state: SignState): void {
    this.currentState = state;
    this.changedSignal.emit();
  }

  private requests: readonly ISignRequest[] = [];
  private readonly over = new Set<string>();
  private currentState: SignState = { kind: 'asked' };
  private asked: IFoundWallet | null = null;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private readonly changedSignal = new Signal<this, void>(this);
  private readonly rejectedSignal = new Signal<this, ISignRequest>(this);
  private readonly sentTooLateSignal = new Signal<this, ISentTooLate>(this);
}

function isOpen(state: string): boolean {
  return state === 'pending' || state === 'shown';
}
