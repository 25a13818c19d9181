import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISignRequest } from '../api/requests';
import { plainText } from '../models/plainText';
import type { SignState } from '../models/signRequests';
import type { IFoundWallet } from '../wallet/eip6963';
import { ProblemNote } from './ProblemNote';
import { WalletChoice } from './WalletChoice';
import { shortAddress, troubleText } from './walletWords';

/** A card that comes up under the pointer is not signed by a click that was meant for another. */
const GUARD_MS = 600;

export interface ISignRequestProps {
  readonly request: ISignRequest;
  /** How many others wait. */
  readonly more: number;
  readonly state: SignState;
  /** Whether the practice wallet signs, which shows nothing of its own. */
  readonly isPractice: boolean;
  readonly chainTitle: string;
  /** Whether a wallet can be told of the chain. */
  readonly canAdd: boolean;
  /** What one can sign in with. */
  readonly wallets: readonly IFoundWallet[];
  readonly onSign: (wallet?: IFoundWallet) => void;
  readonly onSignIn: () => void;
  readonly onReject: () => void;
  readonly onCancel: () => void;
  readonly onSwitch: () => void;
  readonly onAdd: () => void;
  readonly trans: TranslationBundle;
}

/**
 * One thing that is asked to be signed, in the server's words; whatever the asker says of it is
 * set apart, and text only.
 */
export function SignRequest(props: ISignRequestProps): React.JSX.Element {
  const { request, state, trans } = props;
  const text = (value: string | null): string => plainText(value, 500) ?? '—';
  return (
    <div className="jp-Ipfs-signRequest">
      <h2 id="jp-Ipfs-signTitle">{text(request.title)}</h2>
      <p>{askerText(request, trans)}</p>
      {request.note !== null && (
        <blockquote className="jp-Ipfs-signNote">
          <span>{trans.__('It says:')}</span> <bdi>{text(request.note)}</bdi>
        </blockquote>
      )}
      <dl className="jp-Ipfs-pairs">
        {request.lines.map(({ label, value }, index) => (
          <React.Fragment key={index}>
            <dt>{text(label)}</dt>
            <dd>
              <bdi>{text(value)}</bdi>
            </dd>
          </React.Fragment>
        ))}
        {request.address !== null && (
          <>
            <dt>{trans.__('Signed by')}</dt>
            <dd>
              <code className="jp-Ipfs-cid" title={request.address}>
                {shortAddress(request.address)}
              </code>
            </dd>
          </>
        )}
      </dl>
      {request.warning !== null && (
        <p className="jp-Ipfs-message">
          <bdi>{text(request.warning)}</bdi>
        </p>
      )}
      <Outcome {...props} />
      <Buttons key={request.id} {...props} />
      <p className="jp-Ipfs-signFoot">
        <Countdown until={request.expires_at} trans={trans} />
        {props.more > 0 && (
          <span>
            {trans._n(
              '%1 other request waits',
              '%1 other requests wait',
              props.more
            )}
          </span>
        )}
      </p>
      <p role="status" className="jp-Ipfs-signStatus">
        {statusText(state, props.isPractice, trans)}
      </p>
    </div>
  );
}

/** What stands in the way of signing. */
function Outcome(props: ISignRequestProps): React.JSX.Element | null {
  const { request, state, chainTitle, trans } = props;
  switch (state.kind) {
    case 'no-wallet':
      return (
        <div className="jp-Ipfs-message" role="alert">
          <p>
            {trans.__(
              'No wallet of this page shows the account %1. Unlock the one that has it, or choose it here:',
              shortAddress(request.address ?? '')
            )}
          </p>
          <WalletChoice
            wallets={props.wallets}
            isDisabled={false}
            onChoose={props.onSign}
            trans={trans}
          />
        </div>
      );
    case 'wrong-account':
      return (
        <div className="jp-Ipfs-message" role="alert">
          <p>
            {trans.__(
              'The wallet uses %1, but %2 has to sign. Choose that account in the wallet, then try again.',
              shortAddress(state.has),
              shortAddress(request.address ?? '')
            )}
          </p>
        </div>
      );
    case 'signed-out':
      return (
        <div className="jp-Ipfs-message" role="alert">
          <p>
            {trans.__(
              'You are not signed in as %1.',
              shortAddress(request.address ?? '')
            )}
          </p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onSignIn}
          >
            {trans.__('Sign in')}
          </button>
        </div>
      );
    case 'wrong-chain':
      return (
        <div className="jp-Ipfs-message" role="alert">
          <p>
            {state.isUnknown
              ? trans.__('The wallet does not know the chain %1.', chainTitle)
              : trans.__(
                  'The wallet is on another chain (number %1); this is for %2.',
                  state.has,
                  chainTitle
                )}
          </p>
          {!state.isUnknown && (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onSwitch}
            >
              {trans.__('Switch the wallet to %1', chainTitle)}
            </button>
          )}
          {state.isUnknown && props.canAdd && (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onAdd}
            >
              {trans.__('Add %1 to the wallet', chainTitle)}
            </button>
          )}
          {state.isUnknown && !props.canAdd && (
            <p>{trans.__('Sign in with another wallet for it.')}</p>
          )}
        </div>
      );
    case 'trouble':
      return (
        <ProblemNote
          problem={{ ...troubleText(state.trouble, trans), code: null }}
        />
      );
    default:
      return null;
  }
}

function Buttons(props: ISignRequestProps): React.JSX.Element {
  const { request, state, trans } = props;
  const [isGuarded, setGuarded] = React.useState(true);
  React.useEffect(() => {
    const timer = window.setTimeout(() => setGuarded(false), GUARD_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (state.kind === 'waiting' || state.kind === 'switching') {
    return (
      <div className="jp-Ipfs-signButtons">
        <progress aria-label={trans.__('Waiting for the wallet')} />
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onCancel}
        >
          {trans.__('Back')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onReject}
        >
          {trans.__('Reject')}
        </button>
      </div>
    );
  }
  const isDisabled = isGuarded || state.kind === 'answering';
  return (
    <>
      {request.address === null && (
        <WalletChoice
          wallets={props.wallets}
          isDisabled={isDisabled}
          onChoose={props.onSign}
          trans={trans}
        />
      )}
      <div className="jp-Ipfs-signButtons">
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={state.kind === 'answering'}
          onClick={props.onReject}
        >
          {trans.__('Reject')}
        </button>
        {request.address !== null && (
          <button
            type="button"
            className="jp-Ipfs-button jp-Ipfs-mod-sign"
            disabled={isDisabled}
            onClick={() => props.onSign()}
          >
            {props.isPractice
              ? trans.__('Sign with play money')
              : trans.__('Sign in wallet')}
          </button>
        )}
      </div>
    </>
  );
}

/** How long it can still be answered. */
function Countdown(props: {
  until: number;
  trans: TranslationBundle;
}): React.JSX.Element {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.round(props.until - now / 1000));
  const seconds = String(left % 60).padStart(2, '0');
  return (
    <span role="timer">
      {props.trans.__('Time left: %1', `${Math.floor(left / 60)}:${seconds}`)}
    </span>
  );
}

function askerText(
  { notebook, kernel }: ISignRequest,
  trans: TranslationBundle
): string {
  const path = plainText(notebook, 120);
  if (path !== null) {
    return trans.__('Asked by the notebook %1', path);
  }
  const id = plainText(kernel, 8);
  return id === null
    ? trans.__('Asked by this server, or a program on its computer')
    : trans.__('Asked by the kernel %1', id);
}

function statusText(
  state: SignState,
  isPractice: boolean,
  trans: TranslationBundle
): string {
  switch (state.kind) {
    case 'waiting':
      return isPractice
        ? trans.__('Signing…')
        : trans.__('Look at your wallet: it shows what to sign.');
    case 'switching':
      return trans.__('Look at your wallet: it asks about the chain.');
    case 'answering':
      return trans.__('Handing it over…');
    default:
      return '';
  }
}
