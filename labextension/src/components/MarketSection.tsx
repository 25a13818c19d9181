import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ISavedDraft } from '../models/draft';
import type { MarketModel } from '../models/market';
import { plainText } from '../models/plainText';
import { kindText, practiceText, priceText } from './marketWords';

/** How many assets the sidebar shows; the tab has all. */
const MOST = 4;

export interface IMarketSectionProps {
  readonly model: MarketModel;
  /** What was begun and not published. */
  readonly drafts: readonly ISavedDraft[];
  /** Whether one is being published at this moment. */
  readonly isUnderWay: (draft: ISavedDraft) => boolean;
  readonly onPublish: () => void;
  readonly onMarket: () => void;
  readonly onOpen: (did: string) => void;
  readonly onDraft: (draft: ISavedDraft) => void;
  readonly onDiscard: (draft: ISavedDraft) => void;
  readonly trans: TranslationBundle;
}

/**
 * The market in the sidebar: the newest of it, and what was begun.
 */
export function MarketSection(props: IMarketSectionProps): React.JSX.Element {
  const { model, drafts, trans } = props;
  const { failure, status } = model;
  return (
    <div className="jp-Ipfs-marketSection">
      <div className="jp-Ipfs-choices">
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onPublish}
        >
          {trans.__('Publish…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onMarket}
        >
          {trans.__('Open the market')}
        </button>
      </div>
      {drafts.length === 0 && model.assets.length === 0 && (
        <p className="jp-Ipfs-why">
          {trans.__(
            'Offer what you have stored to others, for free or at a price, and get what they offer.'
          )}
        </p>
      )}
      {failure !== null && (
        <p className="jp-Ipfs-why">
          <bdi>{plainText(failure.message, 400)}</bdi>
        </p>
      )}
      {status !== null && !status.ready && (
        <p className="jp-Ipfs-why">
          <bdi>{plainText(status.missing.join(' '), 1000)}</bdi>
        </p>
      )}
      {failure === null && model.isAsleep && (
        <p className="jp-Ipfs-why">
          {trans.__(
            'The practice chain is not running; opening the market starts it.'
          )}
        </p>
      )}
      {drafts.length > 0 && (
        <ul aria-label={trans.__('Not published yet')}>
          {drafts.map(saved => (
            <li key={saved.draft.key} className="jp-Ipfs-place">
              <button
                type="button"
                className="jp-Ipfs-found"
                onClick={() => props.onDraft(saved)}
              >
                <bdi>
                  {plainText(saved.draft.title, 80) ?? trans.__('Untitled')}
                </bdi>
                <span className="jp-Ipfs-facts">
                  {props.isUnderWay(saved)
                    ? trans.__('under way')
                    : isBrokenOff(model, saved)
                      ? trans.__('broken off: go on')
                      : trans.__('draft')}
                </span>
              </button>
              {!props.isUnderWay(saved) && (
                <button
                  type="button"
                  className="jp-Ipfs-headButton jp-Ipfs-discard"
                  onClick={() => props.onDiscard(saved)}
                >
                  {trans.__('Discard')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {model.assets.length > 0 && (
        <ul aria-label={trans.__('Newest assets')}>
          {model.assets.slice(0, MOST).map(asset => (
            <li key={asset.did}>
              <button
                type="button"
                className="jp-Ipfs-found"
                title={kindText(asset.kind, trans)}
                onClick={() => props.onOpen(asset.did)}
              >
                <bdi>{plainText(asset.title, 80)}</bdi>
                <span className="jp-Ipfs-facts">{priceText(asset, trans)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Whether something of it is on the chain already. */
function isBrokenOff(model: MarketModel, { draft }: ISavedDraft): boolean {
  return model.pending.some(({ key }) => key === draft.key);
}

/** In the heading, where it stays while the section is folded. */
export function MarketSectionHead(props: {
  model: MarketModel;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { model, trans } = props;
  return model.status?.chain.practice === true ? (
    <p className="jp-Ipfs-practice">{practiceText(trans)}</p>
  ) : null;
}
