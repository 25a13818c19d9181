import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Practice } from '../components/Practice';
import { ProblemNote } from '../components/ProblemNote';
import { WalletChoice, WalletProgress } from '../components/WalletChoice';
import type { WalletModel } from '../models/wallet';

/**
 * Have the user choose a wallet and sign in.
 *
 * @returns Whether they did.
 */
export async function askSignIn(
  model: WalletModel,
  trans: TranslationBundle
): Promise<boolean> {
  const outcome = { isSignedIn: false };
  const body = ReactWidget.create(
    <UseSignal signal={model.changed}>
      {() => (
        <>
          {model.isPractice && <Practice trans={trans} />}
          {model.state.kind === 'failed' && (
            <ProblemNote problem={model.state.problem} />
          )}
          {model.state.kind === 'missing' && (
            <p>
              {trans.__(
                'The server part of jupyter_ipfs is older than this page and knows no wallets.'
              )}
            </p>
          )}
          {model.state.kind === 'answered' && (
            <WalletChoice
              wallets={model.wallets}
              isDisabled={model.step !== null}
              onChoose={wallet =>
                void model.signInWith(wallet).then(isSignedIn => {
                  if (isSignedIn) {
                    outcome.isSignedIn = true;
                    dialog.reject();
                  }
                })
              }
              trans={trans}
            />
          )}
          <WalletProgress
            step={model.step}
            trouble={model.trouble}
            onCancel={() => model.cancel()}
            trans={trans}
          />
        </>
      )}
    </UseSignal>
  );
  body.addClass('jp-Ipfs-dialog');
  body.addClass('jp-Ipfs-wallet');
  const dialog = new Dialog({
    title: trans.__('Sign in'),
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })]
  });
  await dialog.launch();
  if (!outcome.isSignedIn) {
    model.cancel();
  }
  return outcome.isSignedIn;
}
