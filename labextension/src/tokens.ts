import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type * as React from 'react';

import type { IJob } from './api/jobs';
import type { IChain, IPracticeAccount, IWalletSession } from './api/wallet';
import type { ISavedDraft } from './models/draft';
import type { NodeState } from './models/nodeStatus';

/**
 * What is known about the IPFS node behind this Jupyter server.
 */
export interface INodeStatus {
  /** The newest answer, or why there is none. */
  readonly state: NodeState;

  /** Emitted after `state` has changed. */
  readonly changed: ISignal<INodeStatus, void>;

  /** Ask the server now; never rejects. */
  refresh(): Promise<void>;

  /** Keep it fresh until the result is disposed; nothing is asked while nobody does. */
  hold(): IDisposable;
}

/**
 * Require this to follow the node's state from another extension.
 */
export const INodeStatus = new Token<INodeStatus>(
  'jupyter-ipfs:INodeStatus',
  'The state of the IPFS node behind this Jupyter server.'
);

/** How far a job has come; carries no names (safety.md 11). */
export type JobProgress = Pick<
  IJob,
  | 'id'
  | 'state'
  | 'phase'
  | 'files'
  | 'files_total'
  | 'size'
  | 'size_total'
  | 'existing'
>;

/**
 * What the server tells by itself, over one WebSocket that is open only while somebody holds it.
 */
export interface IServerEvents {
  /** A job has come further. */
  readonly jobChanged: ISignal<IServerEvents, JobProgress>;

  /** Pins, names, files or copies have changed, here or in another process. */
  readonly repoChanged: ISignal<IServerEvents, void>;

  /** The settings have changed. */
  readonly configChanged: ISignal<IServerEvents, void>;

  /** Something is asked to be signed, or has been answered. */
  readonly requestsChanged: ISignal<IServerEvents, void>;

  /** Somebody has signed in or out. */
  readonly walletChanged: ISignal<IServerEvents, void>;

  /** Whether the connection is open now; without it nothing is told. */
  readonly isOpen: boolean;

  /** Keep the connection open until the result is disposed. */
  hold(): IDisposable;
}

/**
 * Require this to hear of jobs and of changes in the repo.
 */
export const IServerEvents = new Token<IServerEvents>(
  'jupyter-ipfs:IServerEvents',
  'What the IPFS server part tells by itself.'
);

/**
 * The long operations of this server.
 */
export interface IJobs {
  /** Newest first. */
  readonly jobs: readonly IJob[];

  /** Emitted after `jobs` has changed. */
  readonly changed: ISignal<IJobs, void>;

  /**
   * Start an operation and wait for its end.
   *
   * @param action - One of the server's actions.
   * @param args - What it takes.
   * @param title - What people call that which it is about; the server knows only paths.
   * @returns The result of the job that is done.
   * @throws APIError when it failed, `JobCancelled` when it was cancelled.
   */
  run(
    action: string,
    args: Readonly<Record<string, unknown>>,
    title?: string
  ): Promise<Readonly<Record<string, unknown>>>;

  /**
   * Follow a job that was started otherwise, to its end.
   *
   * @throws As `run`.
   */
  follow(job: IJob): Promise<Readonly<Record<string, unknown>>>;

  /** Follow a job to its end, and return that whether it worked or not. */
  end(job: IJob): Promise<IJob>;

  /** Cancel a running job, or take an ended one off the list. */
  dismiss(id: string): Promise<void>;

  /** Whether this page has seen the job run, and so tells of its end. */
  isOurs(id: string): boolean;

  /** What this page has started a job with; `retry` can start only such a one again. */
  argumentsOf(id: string): Readonly<Record<string, unknown>> | null;

  /**
   * Take a job that failed off the list and run the same one again.
   *
   * @param more - What it is told besides, such as that somebody agrees.
   */
  retry(id: string, more?: Readonly<Record<string, unknown>>): Promise<void>;

  /** Ask for all jobs and follow those that run: after a reload they are found again. */
  refresh(): Promise<void>;
}

/**
 * Require this to run operations that the panel shows with their progress.
 */
export const IJobs = new Token<IJobs>(
  'jupyter-ipfs:IJobs',
  'Runs long IPFS operations on the server and follows them.'
);

/** One part of the sidebar. */
export interface IPanelSection {
  readonly id: string;
  /** Shown above it; absent for a part that has no heading of its own. */
  readonly title?: string;
  /** Lower comes first: open box 10, transfers 20, wallet 25, items 30, files 40, node 50. */
  readonly rank: number;
  /** Draws it; called again after `changed`. */
  render(): React.JSX.Element | null;
  /** Draws what stands at the end of its heading. */
  renderHead?(): React.JSX.Element | null;
  /** Emitted when it has to be drawn again. */
  readonly changed?: ISignal<unknown, unknown>;
}

/**
 * The IPFS sidebar.
 */
export interface IPanel {
  addSection(section: IPanelSection): void;

  /** Where it is drawn, for what is dropped on it. */
  readonly node: HTMLElement;

  /** Show the sidebar, scroll to a section and focus it. */
  reveal(sectionId?: string): void;

  /** Whether it can be seen. */
  readonly isShown: boolean;

  /** Emitted after `isShown` has changed. */
  readonly shownChanged: ISignal<IPanel, boolean>;
}

/**
 * Require this to add a section to the IPFS sidebar.
 */
export const IPanel = new Token<IPanel>(
  'jupyter-ipfs:IPanel',
  'The IPFS sidebar, to which sections can be added.'
);

/** Something that has a CID, as lists show it. */
export interface IContentTarget {
  /** `/ipfs/<cid>[/sub/path]`. */
  readonly path: string;
  readonly cid: string;
  readonly title: string;
  readonly kind: string;
  /** Set for a whole root that the node keeps, with its newest name. */
  readonly item?: { readonly pinned: boolean; readonly name: string | null };
}

/**
 * The context menu of everything that has a CID.
 */
export interface IItemMenu {
  /** Open it at a place of the page (the pointer, or the focused row). */
  open(target: IContentTarget, x: number, y: number): void;
}

/**
 * Require this to offer the same actions on content elsewhere.
 */
export const IItemMenu = new Token<IItemMenu>(
  'jupyter-ipfs:IItemMenu',
  'The context menu of content that has a CID.'
);

/**
 * Who is signed in with a wallet, and on which chain.
 */
export interface IWallet {
  /** `null` while nobody is. */
  readonly session: IWalletSession | null;

  /** The chain of the settings; `null` until the server has answered, or if it cannot. */
  readonly chain: IChain | null;

  /** Whether that chain is the sandbox: only on this computer, play money. */
  readonly isPractice: boolean;

  /** The accounts of the practice wallet; none before the sandbox has run once. */
  readonly practiceAccounts: readonly IPracticeAccount[];

  /** Emitted after any of these has changed. */
  readonly changed: ISignal<IWallet, void>;

  /**
   * Have the user sign in; where there are several wallets, they are asked which.
   * What goes wrong is said to them.
   *
   * @returns Whether they are signed in now.
   */
  signIn(): Promise<boolean>;

  signOut(): Promise<void>;

  /** As `signIn`, but for whoever is signed in already nothing happens. */
  ensureSignedIn(): Promise<boolean>;

  /**
   * Sign in as another account of the practice wallet.
   *
   * @param label - `author` or `buyer`.
   * @returns Whether they are signed in as that account now.
   */
  beAs(label: string): Promise<boolean>;
}

/**
 * Require this to act for whoever is signed in.
 */
export const IWallet = new Token<IWallet>(
  'jupyter-ipfs:IWallet',
  'Who is signed in with a wallet, and how they sign in.'
);

/**
 * What was begun to be published.
 */
export interface IDrafts {
  /** The newest first. */
  readonly drafts: readonly ISavedDraft[];

  /** Emitted after `drafts` has changed. */
  readonly changed: ISignal<IDrafts, void>;

  /** Keep one. */
  save(saved: ISavedDraft): Promise<void>;

  /** Take one off. */
  remove(key: string): Promise<void>;
}

/**
 * Require this to show what was begun to be published.
 */
export const IDrafts = new Token<IDrafts>(
  'jupyter-ipfs:IDrafts',
  'Drafts of what is going to be published.'
);
