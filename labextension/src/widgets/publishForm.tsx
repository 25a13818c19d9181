import { Clipboard } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import { PublishForm } from '../components/PublishForm';
import { plainText } from '../models/plainText';
import type { PublishModel } from '../models/publish';
import type { IJobs, IWallet } from '../tokens';
import { ContentTab } from './contentTab';
import { runWithConsent } from './runOrAsk';
import { told } from './told';

export { PublishModel } from '../models/publish';

/** What a form can have done. */
export interface IPublishHost {
  readonly jobs: IJobs;
  readonly wallet: IWallet | null;
  openAsset(did: string): void;
}

/**
 * A tab with the form that publishes.
 */
export class PublishTab extends ContentTab<PublishModel> {
  /**
   * @param model - The publication.
   * @param host - Does what is asked for in the tab.
   * @param settings - The connection to the Jupyter server.
   * @param trans - The language.
   */
  constructor(
    model: PublishModel,
    private readonly host: IPublishHost,
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.addClass('jp-Ipfs-market');
    this.title.icon = ipfsIcon;
    const label = (): void => {
      const { title } = model.form.draft;
      this.title.label = trans
        .__('Publish %1', plainText(title, 40) ?? '')
        .trim();
    };
    model.changed.connect(label);
    label();
    host.wallet?.changed.connect(this.onWallet);
  }

  dispose(): void {
    this.host.wallet?.changed.disconnect(this.onWallet);
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { model, host, trans } = this;
    const { wallet } = host;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <PublishForm
            model={model}
            account={wallet === null ? undefined : this.account(wallet)}
            onPublish={() => void this.publish()}
            onMakeReachable={() =>
              void told(trans.__('It is not reachable'), () =>
                this.makeReachable()
              )
            }
            onUse={config =>
              void told(trans.__('That was not changed'), () =>
                model.change(config)
              )
            }
            onOpenAsset={did => host.openAsset(did)}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }

  /** Another account or chain: what is shown is of the one before. */
  private readonly onWallet = (): void => {
    this.update();
    void this.model.refreshStatus();
  };

  /** Who signs: whoever is signed in on another chain cannot. */
  private account({ session }: IWallet): string | null {
    const chain = this.model.status?.chain.chain_id;
    return session !== null && (chain ?? session.chain_id) === session.chain_id
      ? session.address
      : null;
  }

  private async makeReachable(): Promise<void> {
    const { model, host, settings, trans } = this;
    const { path, price, title } = model.form.draft;
    await runWithConsent(
      host.jobs,
      'make-reachable',
      { path, priced: price !== null },
      settings,
      trans,
      title
    );
    await model.form.ask();
  }

  private async publish(): Promise<void> {
    const { model, host } = this;
    if (host.wallet === null || (await host.wallet.ensureSignedIn())) {
      await model.publish();
    }
  }
}
