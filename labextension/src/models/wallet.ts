import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { startSandbox } from '../api/sandbox';
import type {
  IChain,
  IPracticeAccount,
  IWalletAnswer,
  IWalletSession
} from '../api/wallet';
import {
  createChallenge,
  createSession,
  deleteSession,
  getWallet
} from '../api/wallet';
import type { IWallet } from '../tokens';
import {
  isSameAddress,
  requestAccounts,
  signText,
  switchChain
} from '../wallet/eip1193';
import type { IFoundWallet, WalletDirectory } from '../wallet/eip6963';
import type { PracticeProvider } from '../wallet/practice';
import { PRACTICE_ICON } from '../wallet/practice';
import type { IProblem } from './problem';
import { problemOf } from './problem';
import { WalletConnection, walletOf } from './walletConnection';
import type { WalletDrift } from './walletDrift';
import { driftOf } from './walletDrift';
import { walletName } from './walletName';
import type { WalletTrouble } from './walletTrouble';
import { isWithoutWallets, troubleOf } from './walletTrouble';

/** What is known: `missing` if the server part knows no wallets. */
export type WalletState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly problem: IProblem }
  | { readonly kind: 'answered'; readonly answer: IWalletAnswer };

/** What is waited for while somebody signs in; the practice wallet asks nothing of them. */
export type WalletStep =
  'starting' | 'practising' | 'connecting' | 'signing' | 'switching';

/** How soon a balance that was not answered is asked for again, and how often. */
const FIRST_AGAIN_MS = 4_000;
const MOST_UNANSWERED = 4;

/** The longest that a browser's timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Who is signed in, and with which wallet of this page.
 */
export class WalletModel implements IWallet {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param directory - The wallets of this page.
   * @param practice - The sandbox's own.
   * @param ask - Has the user choose a wallet and sign in; says whether they did.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly directory: WalletDirectory,
    private readonly practice: PracticeProvider,
    private readonly ask: (model: WalletModel) => Promise<boolean>
  ) {
    directory.changed.connect(() => {
      this.changedSignal.emit();
      void this.reconnect();
    });
  }

  get state(): WalletState {
    return this.currentState;
  }

  get session(): IWalletSession | null {
    return this.answer?.session ?? null;
  }

  get chain(): IChain | null {
    return this.answer?.chain ?? null;
  }

  get isPractice(): boolean {
    return this.chain?.practice === true;
  }

  get practiceAccounts(): readonly IPracticeAccount[] {
    return this.answer?.sandbox.accounts ?? [];
  }

  /** The practice account that is signed in. */
  get practiceAccount(): IPracticeAccount | null {
    const { session } = this;
    return session?.kind === 'sandbox'
      ? (this.practiceAccounts.find(({ address }) =>
          isSameAddress(address, session.address)
        ) ?? null)
      : null;
  }

  get changed(): ISignal<IWallet, void> {
    return this.changedSignal;
  }

  /** What one can sign in with; the practice wallet only while its chain is chosen. */
  get wallets(): readonly IFoundWallet[] {
    const { wallets } = this.directory;
    return this.isPractice ? [this.practiceWallet, ...wallets] : wallets;
  }

  /** What is waited for; nothing if nobody signs in just now. */
  get step(): WalletStep | null {
    return this.currentStep;
  }

  /** Why the last attempt did not work. */
  get trouble(): WalletTrouble | null {
    return this.currentTrouble;
  }

  /** What is not as it was when somebody signed in. */
  get drift(): WalletDrift | null {
    if (this.step !== null) {
      return null;
    }
    return this.hasEnded
      ? { kind: 'ended' }
      : driftOf(this.session, this.chain, this.connection);
  }

  /** Ask the server again; never rejects. */
  async refresh(): Promise<void> {
    const turn = ++this.turn;
    let state: WalletState;
    try {
      // The chain is asked only where its answer can be seen.
      const answer = await getWallet(this.settings, this.session !== null);
      state = { kind: 'answered', answer };
    } catch (error) {
      state = isWithoutWallets(error)
        ? { kind: 'missing' }
        : { kind: 'failed', problem: problemOf(error) };
    }
    if (turn !== this.turn) {
      return;
    }
    const before = this.session;
    this.set(state);
    // After a reload only the answer says that somebody is signed in.
    if (
      before === null &&
      state.kind === 'answered' &&
      state.answer.session !== null
    ) {
      await this.refresh();
    }
  }

  async signIn(): Promise<boolean> {
    this.asking ??= this.ask(this).finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  async ensureSignedIn(): Promise<boolean> {
    if (this.state.kind !== 'answered') {
      await this.refresh();
    }
    const { session, chain } = this;
    return session !== null && session.chain_id === chain?.chain_id
      ? true
      : this.signIn();
  }

  async signOut(): Promise<void> {
    this.cancel();
    await deleteSession(this.settings);
    this.disconnect();
    const { answer } = this;
    if (answer !== null) {
      this.set({
        kind: 'answered',
        answer: { ...answer, session: null, balance: null }
      });
    }
    this.hasEnded = false;
    this.changedSignal.emit();
  }

  async beAs(label: string): Promise<boolean> {
    return this.attempt(async signal => {
      this.enter('starting');
      const { accounts } = await startSandbox(this.settings);
      const account = accounts.find(each => each.label === label);
      if (account === undefined || signal.aborted) {
        return;
      }
      this.practice.select(account.address);
      await this.connect(this.practiceWallet, signal);
    });
  }

  /**
   * Sign in with one of `wallets`. Why it did not work is in `trouble`.
   *
   * @param address - One of the wallet's accounts; without it, that which is in use there.
   * @returns Whether it did.
   */
  async signInWith(wallet: IFoundWallet, address?: string): Promise<boolean> {
    return this.attempt(signal => this.connect(wallet, signal, address));
  }

  /** Sign in anew with the wallet that is used, as its account of now. */
  async signInAgain(): Promise<boolean> {
    const { connection } = this;
    return connection === null
      ? this.signIn()
      : this.signInWith(connection.wallet);
  }

  /** Wait no longer for the wallet. */
  cancel(): void {
    this.abort?.abort();
  }

  /** Take note that somebody has read what went wrong. */
  forget(): void {
    this.currentTrouble = null;
    this.hasEnded = false;
    this.changedSignal.emit();
  }

  /** Have the wallet change to the chain that is chosen. */
  async switchWallet(): Promise<void> {
    const { connection, chain } = this;
    if (connection !== null && chain !== null) {
      await this.attempt(signal => {
        this.enter('switching');
        return switchChain(connection.wallet.provider, chain.chain_id, signal);
      });
    }
  }

  /** A chain that was slow, as it is when it has only just begun, is asked a few times more. */
  private askAgain(): void {
    clearTimeout(this.balanceTimer);
    const { answer } = this;
    const isAsked =
      answer?.session?.chain_id === answer?.chain.chain_id &&
      (answer?.chain.practice !== true || answer.sandbox.running);
    if (answer === null || answer.balance !== null || !isAsked) {
      this.unanswered = 0;
    } else if (this.unanswered < MOST_UNANSWERED) {
      const wait = FIRST_AGAIN_MS * 2 ** this.unanswered;
      this.unanswered += 1;
      this.balanceTimer = setTimeout(() => void this.refresh(), wait);
    }
  }

  /** The wallet of this page that can sign for an address; no wallet shows anything. */
  async walletFor(address: string): Promise<IFoundWallet | null> {
    const { connection } = this;
    const account = connection?.account ?? null;
    if (
      connection !== null &&
      account !== null &&
      isSameAddress(account, address)
    ) {
      return connection.wallet;
    }
    return (await walletOf(address, this.wallets))?.wallet ?? null;
  }

  /** Have the practice wallet use an account, if it is one of its own. */
  selectPractice(address: string): void {
    if (
      this.practiceAccounts.some(each => isSameAddress(each.address, address))
    ) {
      this.practice.select(address);
    }
  }

  dispose(): void {
    this.cancel();
    clearTimeout(this.timer);
    this.disconnect();
    Signal.clearData(this);
  }

  /** One attempt at a time; what goes wrong is kept for those who look. */
  private async attempt(
    act: (signal: AbortSignal) => Promise<void>
  ): Promise<boolean> {
    this.cancel();
    const abort = new AbortController();
    this.abort = abort;
    this.currentTrouble = null;
    try {
      await act(abort.signal);
      return !abort.signal.aborted;
    } catch (error) {
      if (this.abort === abort) {
        this.currentTrouble = troubleOf(error);
      }
      return false;
    } finally {
      if (this.abort === abort) {
        this.abort = null;
        this.enter(null);
      }
    }
  }

  private async connect(
    wallet: IFoundWallet,
    signal: AbortSignal,
    wanted?: string
  ): Promise<void> {
    const { chain } = this;
    if (chain === null) {
      return;
    }
    const { kind, provider } = wallet;
    this.enter(kind === 'practice' ? 'starting' : 'connecting');
    const accounts = await requestAccounts(provider, signal);
    const address =
      accounts.find(
        each => wanted !== undefined && isSameAddress(each, wanted)
      ) ?? accounts[0];
    this.enter(kind === 'practice' ? 'practising' : 'signing');
    const { message } = await createChallenge(
      address,
      chain.chain_id,
      this.settings
    );
    const signature = await signText(provider, message, address, signal);
    const answer = await createSession(
      {
        message,
        signature,
        wallet_name: walletName(wallet),
        kind: kind === 'practice' ? 'sandbox' : 'browser'
      },
      this.settings
    );
    this.turn += 1;
    this.follow(new WalletConnection(wallet, accounts));
    this.set({ kind: 'answered', answer });
    // What one has is asked apart: the chain may be slow.
    void this.refresh();
  }

  /** After a reload: find the wallet of whoever is signed in again. */
  private async reconnect(): Promise<void> {
    const { session } = this;
    if (session === null || this.connection !== null) {
      return;
    }
    const wallets = this.wallets.filter(
      ({ kind }) => (kind === 'practice') === (session.kind === 'sandbox')
    );
    if (session.kind === 'sandbox') {
      this.practice.select(session.address);
    }
    const found = await walletOf(session.address, wallets);
    if (found !== null && this.session === session) {
      this.follow(new WalletConnection(found.wallet, found.accounts));
    }
  }

  private follow(connection: WalletConnection): void {
    this.disconnect();
    this.connection = connection;
    connection.changed.connect(() => this.changedSignal.emit());
    this.changedSignal.emit();
  }

  private disconnect(): void {
    this.connection?.dispose();
    this.connection = null;
  }

  private enter(step: WalletStep | null): void {
    this.currentStep = step;
    this.changedSignal.emit();
  }

  private set(state: WalletState): void {
    const { session: before, chain } = this;
    this.currentState = state;
    const { session } = this;
    if (this.chain?.chain_id !== chain?.chain_id) {
      // What went wrong was about another chain.
      this.currentTrouble = null;
    }
    if (session !== null) {
      this.hasEnded = false;
    } else if (before !== null && state.kind === 'answered') {
      this.hasEnded = true;
      this.disconnect();
    }
    clearTimeout(this.timer);
    const left = session === null ? 0 : session.expires_at * 1000 - Date.now();
    if (left > 0) {
      const wait = Math.min(left, MAX_TIMER_MS);
      this.timer = setTimeout(() => void this.refresh(), wait);
    }
    this.askAgain();
    this.changedSignal.emit();
    void this.reconnect();
  }

  private get answer(): IWalletAnswer | null {
    return this.currentState.kind === 'answered'
      ? this.currentState.answer
      : null;
  }

  private get practiceWallet(): IFoundWallet {
    return {
      id: 'practice',
      name: null,
      icon: PRACTICE_ICON,
      kind: 'practice',
      provider: this.practice
    };
  }

  private currentState: WalletState = { kind: 'checking' };
  private currentStep: WalletStep | null = null;
  private currentTrouble: WalletTrouble | null = null;
  private connection: WalletConnection | null = null;
  private hasEnded = false;
  private abort: AbortController | null = null;
  private asking: Promise<boolean> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private balanceTimer: ReturnType<typeof setTimeout> | undefined;
  /** How often the chain has not said what somebody has. */
  private unanswered = 0;
  private turn = 0;
  private readonly changedSignal = new Signal<this, void>(this);
}
