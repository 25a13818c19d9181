import { Clipboard } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { AssetPage } from '../components/AssetPage';
import { ipfsIcon } from '../components/icons';
import { MarketHead, MarketList } from '../components/MarketList';
import { AssetModel } from '../models/asset';
import type { MarketModel } from '../models/market';
import type { IJobs, IServerEvents, IWallet } from '../tokens';
import { ContentTab } from './contentTab';
import { confirmTransfer } from './confirmTransfer';

/** Ocean's own fee is 0.1 or 0.2 %. */
const MOST_FEES = 1.01;

/** What the market can have done. */
export interface IMarketHost {
  readonly jobs: IJobs;
  readonly events: IServerEvents | null;
  readonly wallet: IWallet | null;
  publish(): void;
  /** Where downloads go, as a folder of the workspace. */
  folder(): string | null;
  showFile(path: string): void;
}

/**
 * A tab with what is offered, or with one asset of it.
 */
export class MarketTab extends ContentTab<MarketModel> {
  /**
   * @param model - What is offered.
   * @param settings - The connection to the Jupyter server.
   * @param host - Does what is asked for in the tab.
   * @param trans - The language.
   */
  constructor(
    model: MarketModel,
    private readonly settings: ServerConnection.ISettings,
    private readonly host: IMarketHost,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.id = 'jupyter-ipfs-market';
    this.addClass('jp-Ipfs-market');
    this.title.label = trans.__('Market');
    this.title.icon = ipfsIcon;
    host.wallet?.changed.connect(this.onWallet);
  }

  /** The asset that is shown; `null` for the list. */
  get did(): string | null {
    return this.asset?.did ?? null;
  }

  /** Show one asset, or the list. */
  go(did: string | null): void {
    this.asset?.dispose();
    // `UseSignal` keeps to the signal that it began with.
    this.shownCount += 1;
    this.asset =
      did === null ? null : new AssetModel(did, this.settings, this.host.jobs);
    void this.asset?.load().then(() => {
      this.node.querySelector<HTMLElement>('.jp-Ipfs-assetName')?.focus();
    });
    this.update();
  }

  /** Something on the chain or in the settings has changed. */
  invalidate(): void {
    this.model.invalidate();
    if (this.isVisible) {
      void this.asset?.load();
    }
  }

  dispose(): void {
    this.host.wallet?.changed.disconnect(this.onWallet);
    this.held?.dispose();
    this.asset?.dispose();
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { asset, host, model, trans } = this;
    const { wallet } = host;
    const head = {
      model,
      practiceAs: this.practiceAs,
      canSwitch: wallet !== null && wallet.isPractice,
      onBeAs: (label: string): void => void wallet?.beAs(label),
      onPublish: () => host.publish(),
      trans
    };
    return (
      <UseSignal signal={model.changed}>
        {() =>
          asset === null ? (
            <MarketList
              {...head}
              isSignedIn={wallet === null ? null : wallet.session !== null}
              onSignIn={() => void wallet?.signIn()}
              onOpen={did => this.go(did)}
            />
          ) : (
            <>
              <MarketHead {...head} />
              <UseSignal key={this.shownCount} signal={asset.changed}>
                {() => this.renderAsset(asset)}
              </UseSignal>
            </>
          )
        }
      </UseSignal>
    );
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.noteShown(true);
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.noteShown(false);
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.noteShown(this.isVisible);
  }

  private renderAsset(asset: AssetModel): React.JSX.Element {
    const { host, trans } = this;
    const { did } = asset;
    const change = (
      action: string,
      args: Readonly<Record<string, unknown>>
    ): void => void this.act(asset, 'changing', action, { did, ...args });
    return (
      <div className="jp-Ipfs-marketBody">
        <AssetPage
          model={asset}
          onBack={() => {
            this.go(null);
            this.model.invalidate();
          }}
          onTag={tag => {
            this.go(null);
            void this.model.show('all').then(() => this.model.search({ tag }));
          }}
          onGet={() => {
            const to = host.folder();
            const amount = asset.asset?.price?.amount;
            void this.act(asset, 'getting', 'get-asset', {
              did,
              ...(amount === undefined ? {} : { at_most: atMost(amount) }),
              ...(to === null ? {} : { to })
            });
          }}
          onShowFile={path => host.showFile(path)}
          onEdit={edit => change('edit-asset', { ...edit })}
          onState={state => change('asset-state', { state })}
          onTransfer={to => {
            const title = asset.asset?.title ?? did;
            void confirmTransfer(title, to, trans).then(isSure => {
              if (isSure) {
                change('transfer-asset', { to });
              }
            });
          }}
          copy={text => Clipboard.copyToSystem(text)}
          trans={trans}
        />
      </div>
    );
  }

  private async act(
    asset: AssetModel,
    how: 'getting' | 'changing',
    action: string,
    args: Readonly<Record<string, unknown>>
  ): Promise<void> {
    const { wallet } = this.host;
    if (wallet === null || (await wallet.ensureSignedIn())) {
      await asset[how].run(action, args);
      await asset.load();
      this.model.invalidate();
    }
  }

  /** Which practice account is signed in. */
  private get practiceAs(): string | null {
    const { wallet } = this.host;
    const address = wallet?.session?.address.toLowerCase();
    return (
      wallet?.practiceAccounts.find(
        account => account.address.toLowerCase() === address
      )?.label ?? null
    );
  }

  /** What is mine and bought depends on who I am. */
  private readonly onWallet = (): void => {
    this.update();
    this.invalidate();
  };

  /** The server is listened to only while somebody can see what it tells. */
  private noteShown(isShown: boolean): void {
    this.held?.dispose();
    this.held = isShown ? (this.host.events?.hold() ?? null) : null;
    this.model.isWatched = isShown;
  }

  private asset: AssetModel | null = null;
  private shownCount = 0;
  private held: IDisposable | null = null;
}

/**
 * What an order may cost: what is shown, and the fees of Ocean's community and of the market;
 * whatever the seller does meanwhile.
 */
function atMost(amount: string): string {
  return (Number(amount) * MOST_FEES).toFixed(18);
}
