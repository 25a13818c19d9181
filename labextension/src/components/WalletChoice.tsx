import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { WalletStep } from '../models/wallet';
import type { WalletTrouble } from '../models/walletTrouble';
import type { IFoundWallet } from '../wallet/eip6963';
import { ProblemNote } from './ProblemNote';
import { stepText, troubleText, walletTitle } from './walletWords';

/**
 * The wallets of this page, to choose from; only a click on one of them asks it for anything.
 */
export function WalletChoice(props: {
  wallets: readonly IFoundWallet[];
  isDisabled: boolean;
  onChoose: (wallet: IFoundWallet) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { wallets, trans } = props;
  if (wallets.length === 0) {
    return (
      <p>
        {trans.__(
          'No wallet was found in this browser. Wallets are browser extensions, such as MetaMask or Rabby: install one, then load this page again.'
        )}
      </p>
    );
  }
  return (
    <ul className="jp-Ipfs-wallets" aria-label={trans.__('Wallets')}>
      {wallets.map(wallet => (
        <li key={wallet.id}>
          <button
            type="button"
            className="jp-Ipfs-walletButton"
            disabled={props.isDisabled}
            onClick={() => props.onChoose(wallet)}
          >
            <span className="jp-Ipfs-walletIcon" aria-hidden="true">
              {wallet.icon !== null && <img src={wallet.icon} alt="" />}
            </span>
            <span>
              <bdi>{walletTitle(wallet, trans)}</bdi>
              {wallet.kind === 'practice' && (
                <span className="jp-Ipfs-walletNote">
                  {trans.__('Play money; nothing to install')}
                </span>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/**
 * What is waited for while somebody signs in, or why it did not work.
 */
export function WalletProgress(props: {
  step: WalletStep | null;
  trouble: WalletTrouble | null;
  onCancel: () => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { step, trouble, trans } = props;
  const told = trouble === null ? null : troubleText(trouble, trans);
  return (
    <>
      <div role="status">{step !== null && <p>{stepText(step, trans)}</p>}</div>
      {step !== null && (
        <div className="jp-Ipfs-walletWait">
          <progress aria-label={trans.__('Signing in')} />
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onCancel}
          >
            {trans.__('Cancel')}
          </button>
        </div>
      )}
      {step === null && told !== null && (
        <ProblemNote problem={{ ...told, code: null }} />
      )}
    </>
  );
}
