import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import * as React from 'react';

import { putConfig } from '../api/config';
import { Wallet } from '../components/Wallet';
import { walletTitle } from '../components/walletWords';
import { plainText } from '../models/plainText';
import { SignRequestsModel } from '../models/signRequests';
import { WalletModel } from '../models/wallet';
import { IPanel, IServerEvents, IWallet } from '../tokens';
import { WalletDirectory } from '../wallet/eip6963';
import { PracticeProvider, announce } from '../wallet/practice';
import { SignDialog } from '../widgets/signDialog';
import { askSignIn } from '../widgets/signInDialog';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';

/**
 * Who is signed in, in the sidebar; and what is asked to be signed, wherever one is.
 */
export const wallet: JupyterFrontEndPlugin<IWallet> = {
  id: 'jupyter-ipfs:wallet',
  description: 'Signs in with a wallet, and shows what is to be signed.',
  autoStart: true,
  provides: IWallet,
  requires: [IServerEvents],
  optional: [IPanel, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    events: IServerEvents,
    panel: IPanel | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): IWallet => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const settings = app.serviceManager.serverSettings;
    const practice = new PracticeProvider(settings);
    const directory = new WalletDirectory(window, practice);
    const model = new WalletModel(settings, directory, practice, asked =>
      askSignIn(asked, trans)
    );
    const requests = new SignRequestsModel(settings, model);
    const dialog = new SignDialog(requests, model, trans);

    // A kernel may ask at any time, and wants to know whether somebody would see it: so the
    // server is listened to as long as this page is open.
    let held: IDisposable | null = null;
    let announced: IDisposable | null = null;
    model.changed.connect(() => {
      if (held === null && model.state.kind === 'answered') {
        held = events.hold();
      }
      if (model.isPractice !== (announced !== null)) {
        announced?.dispose();
        announced = model.isPractice
          ? announce(
              window,
              walletTitle({ kind: 'practice', name: null }, trans),
              practice
            )
          : null;
      }
    });
    events.walletChanged.connect(() => void model.refresh());
    events.configChanged.connect(() => void model.refresh());
    events.requestsChanged.connect(() => {
      void requests.refresh();
      if (panel?.isShown === true) {
        // What was signed may have started the practice chain, or cost something.
        void model.refresh();
      }
    });
    events.jobChanged.connect((_, { state }) => {
      // It may have cost or earned something.
      if (state === 'done' && model.session !== null) {
        void model.refresh();
      }
    });
    void model.refresh();

    requests.rejected.connect((_, { title }) => {
      Notification.info(
        trans.__('You said no in the wallet: %1', plainText(title) ?? ''),
        { autoClose: 5000 }
      );
    });
    requests.sentTooLate.connect((_, { title, txHash }) => {
      Notification.warning(
        trans.__(
          'The wallet has sent “%1” after all, but nobody waited for it any more. Its transaction is %2',
          plainText(title) ?? '',
          txHash
        ),
        { autoClose: false }
      );
    });

    panel?.addSection({
      id: 'wallet',
      title: trans.__('Wallet'),
      rank: 35,
      changed: model.changed,
      render: () =>
        React.createElement(Wallet, {
          wallet: model,
          onSignIn: chosen => void model.signInWith(chosen),
          onSignInAgain: () => void model.signInAgain(),
          onSignOut: () => tell(() => model.signOut()),
          onCancel: () => model.cancel(),
          onSwitch: () => void model.switchWallet(),
          onBeAs: label => void model.beAs(label),
          onRetry: () => void model.refresh(),
          onPractise: () =>
            tell(async () => {
              await putConfig({ chain: 'sandbox' }, settings);
              await model.refresh();
            }),
          copy: text => Clipboard.copyToSystem(text),
          trans
        })
    });
    panel?.shownChanged.connect((_, isShown) => {
      if (isShown) {
        void model.refresh();
      }
    });

    const category = trans.__('IPFS');
    const describedBy = { args: { type: 'object', properties: {} } };
    const add = (
      command: string,
      label: string,
      caption: string,
      isEnabled: () => boolean,
      execute: () => unknown
    ): void => {
      app.commands.addCommand(command, {
        label,
        caption,
        describedBy,
        isEnabled,
        execute
      });
      palette?.addItem({ command, category });
    };
    add(
      CommandIDs.signIn,
      trans.__('Sign in with a Wallet…'),
      trans.__('Choose a wallet of this browser, or practise with play money'),
      () => true,
      () => model.signIn()
    );
    add(
      CommandIDs.signOut,
      trans.__('Sign out of the Wallet'),
      trans.__('End the session on this server'),
      () => model.session !== null,
      () => tell(() => model.signOut())
    );
    add(
      CommandIDs.copyAddress,
      trans.__('Copy the Wallet’s Address'),
      trans.__('Copy the address that is signed in'),
      () => model.session !== null,
      () => {
        const { session } = model;
        if (session !== null) {
          Clipboard.copyToSystem(session.address);
        }
      }
    );
    add(
      CommandIDs.goToRequest,
      trans.__('Go to Signature Request'),
      trans.__('Move the focus to what is asked to be signed'),
      () => requests.current !== null,
      () => dialog.goTo()
    );
    for (const signal of [model.changed, requests.changed]) {
      signal.connect(() => app.commands.notifyCommandChanged());
    }
    return model;

    function tell(act: () => Promise<void>): void {
      void told(trans.__('That did not work'), act);
    }
  }
};
