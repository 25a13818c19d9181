import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBalance, IWalletSession } from '../api/wallet';
import { plainText } from '../models/plainText';
import type { WalletModel } from '../models/wallet';
import type { IFoundWallet } from '../wallet/eip6963';
import { CopyButton } from './CopyButton';
import { Practice } from './Practice';
import { ProblemNote } from './ProblemNote';
import { WalletChoice, WalletProgress } from './WalletChoice';
import { driftText, shortAddress, shortAmount } from './walletWords';

/** What is shown of the wallet. */
export type WalletView = Pick<
  WalletModel,
  | 'state'
  | 'session'
  | 'chain'
  | 'isPractice'
  | 'practiceAccount'
  | 'wallets'
  | 'step'
  | 'trouble'
  | 'drift'
>;

export interface IWalletProps {
  readonly wallet: WalletView;
  readonly onSignIn: (wallet: IFoundWallet) => void;
  /** Signs in anew with the wallet that is used. */
  readonly onSignInAgain: () => void;
  readonly onSignOut: () => void;
  readonly onCancel: () => void;
  readonly onSwitch: () => void;
  readonly onBeAs: (label: 'author' | 'buyer') => void;
  readonly onRetry: () => void;
  /** Chooses the practice chain. */
  readonly onPractise: () => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Who is signed in, or how to.
 */
export function Wallet(props: IWalletProps): React.JSX.Element {
  const { wallet, trans } = props;
  const { state } = wallet;
  switch (state.kind) {
    case 'checking':
      return (
        <div className="jp-Ipfs-wallet">
          <p>{trans.__('Waiting for the server’s answer…')}</p>
        </div>
      );
    case 'missing':
      return (
        <div className="jp-Ipfs-wallet">
          <p>
            {trans.__(
              'The server part of jupyter_ipfs is older than this page and knows no wallets. On the server, update it and start the server again:'
            )}
          </p>
          <pre className="jp-Ipfs-commands">pip install -U jupyter_ipfs</pre>
        </div>
      );
    case 'failed':
      return (
        <div className="jp-Ipfs-wallet">
          <ProblemNote problem={state.problem}>
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onRetry}
            >
              {trans.__('Try again')}
            </button>
          </ProblemNote>
        </div>
      );
    case 'answered':
      return (
        <div className="jp-Ipfs-wallet">
          {wallet.isPractice && <Practice trans={trans} />}
          {wallet.isPractice && wallet.session?.kind === 'sandbox' && (
            <SideSwitch {...props} />
          )}
          {wallet.session === null ? (
            <SignedOut {...props} />
          ) : (
            <SignedIn {...props} session={wallet.session} />
          )}
        </div>
      );
  }
}

/** Whose side of the practice market is seen. */
function SideSwitch(props: IWalletProps): React.JSX.Element {
  const { wallet, trans } = props;
  const isBuyer = wallet.practiceAccount?.label === 'buyer';
  return (
    <label className="jp-Ipfs-radio">
      <input
        type="checkbox"
        role="switch"
        checked={isBuyer}
        disabled={wallet.step !== null}
        onChange={() => props.onBeAs(isBuyer ? 'author' : 'buyer')}
      />
      <span>{trans.__('See it as a buyer')}</span>
    </label>
  );
}

function SignedOut(props: IWalletProps): React.JSX.Element {
  const { wallet, trans } = props;
  const { step, drift } = wallet;
  const [isOpen, setOpen] = React.useState(false);
  const listId = React.useId();
  return (
    <>
      {drift !== null && (
        <p className="jp-Ipfs-message" role="status">
          {driftText(drift, null, '', trans)}
        </p>
      )}
      <p>
        {trans.__(
          'A wallet signs in your name, without an account or a password; here it is for publishing and buying, and its keys never leave it.'
        )}
      </p>
      {step === null && (
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          aria-expanded={isOpen}
          aria-controls={listId}
          onClick={() => setOpen(!isOpen)}
        >
          {trans.__('Sign in')}
        </button>
      )}
      <div id={listId} className="jp-Ipfs-walletChoice" hidden={!isOpen}>
        {step === null && (
          <WalletChoice
            wallets={wallet.wallets}
            isDisabled={false}
            onChoose={props.onSignIn}
            trans={trans}
          />
        )}
        {step === null && !wallet.isPractice && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onPractise}
          >
            {trans.__('Practise first, with play money')}
          </button>
        )}
      </div>
      <Progress {...props} />
    </>
  );
}

function SignedIn(
  props: IWalletProps & { session: IWalletSession }
): React.JSX.Element {
  const { wallet, session, trans } = props;
  const { chain } = wallet;
  const explorer = explorerOf(chain?.explorer ?? null, session.address);
  return (
    <>
      <div className="jp-Ipfs-walletWho">
        <code className="jp-Ipfs-cid" title={session.address}>
          {shortAddress(session.address)}
        </code>
        {wallet.practiceAccount !== null && (
          <span className="jp-Ipfs-tag">
            {wallet.practiceAccount.label === 'buyer'
              ? trans.__('buyer')
              : trans.__('author')}
          </span>
        )}
        <CopyButton
          text={session.address}
          label={trans.__('Copy')}
          copy={props.copy}
          trans={trans}
        />
      </div>
      <dl className="jp-Ipfs-pairs">
        <dt>{trans.__('Wallet')}</dt>
        <dd>
          <bdi>{plainText(session.wallet_name, 60) ?? '?'}</bdi>
        </dd>
        <dt>{trans.__('Chain')}</dt>
        <dd>{plainText(chain?.title) ?? '?'}</dd>
        <dt>{trans.__('Balance')}</dt>
        <dd>{balanceText(wallet, trans)}</dd>
        <dt>{trans.__('Signed in until')}</dt>
        <dd>{untilText(session.expires_at)}</dd>
      </dl>
      <Drift {...props} />
      <Progress {...props} />
      {wallet.step === null && (
        <div className="jp-Ipfs-choices">
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onSignOut}
          >
            {trans.__('Sign out')}
          </button>
          {explorer !== null && (
            <a
              className="jp-Ipfs-walletLink"
              href={explorer}
              target="_blank"
              rel="noopener noreferrer"
            >
              {trans.__('See it on the chain')}
            </a>
          )}
        </div>
      )}
    </>
  );
}

/** What has changed in the wallet meanwhile, and what can be done about it. */
function Drift(
  props: IWalletProps & { session: IWalletSession }
): React.JSX.Element {
  const { wallet, session, trans } = props;
  const { drift, chain } = wallet;
  const title = plainText(chain?.title) ?? '';
  return (
    <div role="status">
      {drift !== null && (
        <div className="jp-Ipfs-message">
          <p>{driftText(drift, session, title, trans)}</p>
          {drift.kind === 'chain' ? (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onSwitch}
            >
              {trans.__('Switch the wallet to %1', title)}
            </button>
          ) : (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onSignInAgain}
            >
              {drift.kind === 'account'
                ? trans.__('Sign in as %1', shortAddress(drift.address))
                : trans.__('Sign in again')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Progress(props: IWalletProps): React.JSX.Element {
  const { step, trouble } = props.wallet;
  return (
    <WalletProgress
      step={step}
      trouble={trouble}
      onCancel={props.onCancel}
      trans={props.trans}
    />
  );
}

function balanceText(wallet: WalletView, trans: TranslationBundle): string {
  const { state } = wallet;
  const answer = state.kind === 'answered' ? state.answer : null;
  if (answer === null || answer.balance === null) {
    return answer?.chain.practice === true && !answer.sandbox.running
      ? trans.__(
          'The practice chain does not run; it starts when it is needed.'
        )
      : trans.__('Not known');
  }
  return amounts(answer.balance).join(', ');
}

function amounts({ native, ocean, symbols }: IBalance): string[] {
  return [
    [native, symbols.native],
    [ocean, symbols.ocean]
  ].flatMap(([amount, symbol]) =>
    amount === null
      ? []
      : [`${shortAmount(amount)} ${plainText(symbol, 12) ?? ''}`.trim()]
  );
}

function untilText(seconds: number): string {
  const until = new Date(seconds * 1000);
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  return until.toDateString() === new Date().toDateString()
    ? until.toLocaleTimeString([], time)
    : until.toLocaleString([], { weekday: 'short', ...time });
}

/** Where a chain's explorer shows an address. */
function explorerOf(explorer: string | null, address: string): string | null {
  if (explorer === null || !/^https:\/\//.test(explorer)) {
    return null;
  }
  return `${explorer.replace(/\/+$/, '')}/address/${encodeURIComponent(address)}`;
}
