import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetCard } from '../api/ocean';
import { plainLines, plainText } from '../models/plainText';
import { CopyButton } from './CopyButton';
import {
  kindText,
  practiceText,
  priceText,
  shortHex,
  stateText
} from './marketWords';
import { sizeText } from './size';

/** How much of a description a card shows; the page shows all. */
const MAX_SUMMARY = 180;

export interface IAssetCardProps {
  readonly asset: IAssetCard;
  /** Opens its page; absent in a preview. */
  readonly onOpen?: () => void;
  /** Looks for others with a tag or by an author. */
  readonly onTag?: (tag: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * An asset in a list, or as it will be in one. What its author wrote is text and nothing else.
 */
export function AssetCard(props: IAssetCardProps): React.JSX.Element {
  const { asset, onOpen, onTag, trans } = props;
  const title = plainText(asset.title) ?? trans.__('Untitled');
  const summary = plainText(
    plainLines(asset.description).replace(/\s+/g, ' ').trim(),
    MAX_SUMMARY
  );
  return (
    <article className="jp-Ipfs-asset" data-did={asset.did}>
      <div className="jp-Ipfs-assetHead">
        <span className="jp-Ipfs-assetKind">{kindText(asset.kind, trans)}</span>
        <Marks asset={asset} trans={trans} />
        <span className="jp-Ipfs-assetPrice" data-free={asset.free}>
          {priceText(asset, trans)}
        </span>
      </div>
      <h4 className="jp-Ipfs-assetTitle">
        {onOpen === undefined ? (
          <bdi>{title}</bdi>
        ) : (
          <button type="button" onClick={onOpen}>
            <bdi>{title}</bdi>
          </button>
        )}
      </h4>
      <p className="jp-Ipfs-assetBy">
        <bdi>
          {trans.__(
            'by %1',
            plainText(asset.author, 80) ?? shortHex(asset.owner)
          )}
        </bdi>
      </p>
      {summary !== null && (
        <p className="jp-Ipfs-assetSummary">
          <bdi>{summary}</bdi>
        </p>
      )}
      <Tags tags={asset.tags} onTag={onTag} trans={trans} />
      <p className="jp-Ipfs-assetFacts">{factsText(asset, trans)}</p>
      {asset.practice && (
        <p className="jp-Ipfs-assetPractice">{practiceText(trans)}</p>
      )}
    </article>
  );
}

/** What sets it apart from others: mine, bought, not active. */
export function Marks(props: {
  asset: IAssetCard;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, trans } = props;
  const marks = [
    ...(asset.mine ? [trans.__('yours')] : []),
    ...(asset.bought ? [trans.__('bought')] : []),
    ...(asset.state === 'active' ? [] : [stateText(asset.state, trans)])
  ];
  return (
    <>
      {marks.map(mark => (
        <span key={mark} className="jp-Ipfs-itemLoose">
          {mark}
        </span>
      ))}
    </>
  );
}

export function Tags(props: {
  tags: readonly string[];
  onTag?: (tag: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { onTag, trans } = props;
  const tags = props.tags
    .map(tag => ({ tag, text: plainText(tag, 40) ?? '' }))
    .filter(({ text }) => text !== '');
  if (tags.length === 0) {
    return null;
  }
  return (
    <ul className="jp-Ipfs-tags" aria-label={trans.__('Tags')}>
      {tags.map(({ tag, text }, index) => (
        <li key={index}>
          {onTag === undefined ? (
            <bdi>{text}</bdi>
          ) : (
            <button
              type="button"
              title={trans.__('Look for others with this tag')}
              onClick={() => onTag(tag)}
            >
              <bdi>{text}</bdi>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function factsText(asset: IAssetCard, trans: TranslationBundle): string {
  const facts = [
    plainText(asset.license, 40),
    asset.size === null ? null : sizeText(asset.size, trans),
    trans._n('%1 order', '%1 orders', asset.orders)
  ];
  return facts.filter(fact => fact !== null).join(' · ');
}

/**
 * By what an asset can be found elsewhere; the CID only where it is free (safety.md 15).
 */
export function AssetIDs(props: {
  asset: IAssetCard;
  copy: (text: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, copy, trans } = props;
  const ids = [
    ['DID', asset.did, trans.__('Copy DID')],
    [trans.__('Data NFT'), asset.data_nft, trans.__('Copy data NFT')],
    [trans.__('Datatoken'), asset.datatoken, trans.__('Copy datatoken')],
    ...(asset.free && asset.root !== null
      ? [['CID', asset.root, trans.__('Copy CID')]]
      : [])
  ];
  return (
    <dl className="jp-Ipfs-pairs jp-Ipfs-ids">
      {ids.map(([term, id, label]) => (
        <React.Fragment key={label}>
          <dt>{term}</dt>
          <dd>
            <code className="jp-Ipfs-cid">{plainText(id, 400)}</code>{' '}
            <CopyButton text={id} label={label} copy={copy} trans={trans} />
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
