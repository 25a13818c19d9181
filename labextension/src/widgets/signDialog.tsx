import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { SignRequest } from '../components/SignRequest';
import { plainText } from '../models/plainText';
import type { SignRequestsModel } from '../models/signRequests';
import type { WalletModel } from '../models/wallet';
import { loadPart } from './loadPart';

/**
 * The card that shows what is asked to be signed. It comes up by itself, so it takes neither the
 * focus nor the keys of somebody who types; it stands above dialogs, since what they wait for may
 * be this.
 */
export class SignDialog extends ReactWidget {
  /**
   * @param requests - What waits for a signature.
   * @param wallet - Who is signed in.
   * @param trans - The language.
   */
  constructor(
    private readonly requests: SignRequestsModel,
    private readonly wallet: WalletModel,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = 'jupyter-ipfs-sign';
    this.addClass('jp-Ipfs-sign');
    requests.changed.connect(() => this.follow());
    wallet.changed.connect(() => this.update());
  }

  /** Move the focus to it, for the keyboard. */
  goTo(): void {
    const { activeElement } = document;
    if (!this.node.contains(activeElement)) {
      this.cameFrom = activeElement;
    }
    this.card?.focus();
  }

  protected render(): React.JSX.Element {
    const { requests, wallet, trans, Request } = this;
    const { current } = requests;
    return (
      <>
        <div className="jp-Ipfs-visuallyHidden" role="status">
          {current !== null &&
            trans.__(
              'To be signed: %1. The command “Go to Signature Request” leads there.',
              plainText(current.title) ?? ''
            )}
        </div>
        {current !== null && (
          <div
            className="jp-Ipfs-signCard"
            role="dialog"
            aria-labelledby="jp-Ipfs-signTitle"
            tabIndex={-1}
            ref={card => {
              this.card = card;
            }}
          >
            {Request !== null && (
              <Request
                request={current}
                more={requests.more}
                state={requests.state}
                isPractice={wallet.session?.kind === 'sandbox'}
                canAdd={(wallet.chain?.rpc_url ?? null) !== null}
                chainTitle={plainText(wallet.chain?.title) ?? ''}
                wallets={wallet.wallets}
                onSign={chosen => void requests.sign(chosen)}
                onSignIn={() => void requests.signIn()}
                onReject={() => void requests.reject()}
                onCancel={() => requests.cancel()}
                onSwitch={() => void requests.switchWallet()}
                onAdd={() => void requests.addToWallet()}
                trans={trans}
              />
            )}
          </div>
        )}
      </>
    );
  }

  private follow(): void {
    const { current } = this.requests;
    if (current !== null && !this.isAttached) {
      Widget.attach(this, document.body);
      void this.load();
    }
    if (current === null && this.node.contains(document.activeElement)) {
      (this.cameFrom as HTMLElement | null)?.focus();
      this.cameFrom = null;
    }
    this.update();
  }

  private async load(): Promise<void> {
    const part = await loadPart(
      () => import('../components/SignRequest'),
      this.trans
    );
    this.Request = part?.SignRequest ?? null;
    if (part === null) {
      // The next request tries again.
      Widget.detach(this);
    }
    this.update();
  }

  /** What draws a request; it comes with the first one. */
  private Request: typeof SignRequest | null = null;
  private card: HTMLElement | null = null;
  private cameFrom: Element | null = null;
}
