import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetDetail, IAssetEvent } from '../api/ocean';
import type { AssetModel } from '../models/asset';
import { plainLines, plainText } from '../models/plainText';
import { AssetIDs, Marks, Tags } from './AssetCard';
import { AssetEdit } from './AssetEdit';
import type { IAssetChange } from './AssetEdit';
import { AssetGet } from './AssetGet';
import {
  kindText,
  priceText,
  shortHex,
  timeoutText,
  whenText
} from './marketWords';
import { Practice } from './Practice';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';

export interface IAssetPageProps {
  readonly model: AssetModel;
  readonly onBack: () => void;
  readonly onTag: (tag: string) => void;
  readonly onGet: () => void;
  readonly onShowFile: (path: string) => void;
  readonly onEdit: (change: IAssetChange) => void;
  readonly onState: (state: string) => void;
  readonly onTransfer: (to: string) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * All that is known of an asset, and what can be done with it.
 */
export function AssetPage(props: IAssetPageProps): React.JSX.Element {
  const { model, trans } = props;
  const { asset, failure } = model;
  return (
    <div className="jp-Ipfs-assetPage">
      <button type="button" className="jp-Ipfs-button" onClick={props.onBack}>
        {trans.__('Back to the list')}
      </button>
      {failure !== null && (
        <ProblemNote problem={failure}>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void model.load()}
          >
            {trans.__('Try again')}
          </button>
        </ProblemNote>
      )}
      {asset === null ? (
        failure === null && <p role="status">{trans.__('Loading…')}</p>
      ) : (
        <Page {...props} asset={asset} />
      )}
    </div>
  );
}

function Page(
  props: IAssetPageProps & { asset: IAssetDetail }
): React.JSX.Element {
  const { asset, model, copy, trans } = props;
  return (
    <>
      <div className="jp-Ipfs-assetHead">
        <span className="jp-Ipfs-assetKind">{kindText(asset.kind, trans)}</span>
        <Marks asset={asset} trans={trans} />
      </div>
      <h3 className="jp-Ipfs-assetName" tabIndex={-1}>
        <bdi>{plainText(asset.title, 512)}</bdi>
      </h3>
      <p className="jp-Ipfs-assetBy">
        <bdi>
          {trans.__(
            'by %1',
            plainText(asset.author, 256) ?? shortHex(asset.owner)
          )}
        </bdi>
      </p>
      {asset.practice && <Practice trans={trans} />}
      <AssetGet {...props} />
      <p className="jp-Ipfs-assetText">
        <bdi>{plainLines(asset.description)}</bdi>
      </p>
      <Tags tags={asset.tags} onTag={props.onTag} trans={trans} />
      <dl className="jp-Ipfs-pairs">
        <dt>{trans.__('Price')}</dt>
        <dd>{priceText(asset, trans)}</dd>
        <dt>{trans.__('Licence')}</dt>
        <dd>
          <bdi>{plainText(asset.license, 256)}</bdi>
        </dd>
        <dt>{trans.__('An order counts')}</dt>
        <dd>{timeoutText(asset.timeout_s, trans)}</dd>
        <dt>{trans.__('Owner')}</dt>
        <dd>
          <code className="jp-Ipfs-cid">{plainText(asset.owner, 80)}</code>
        </dd>
        {asset.sample !== null && (
          <>
            <dt>{trans.__('Sample')}</dt>
            <dd>
              <Sample link={asset.sample} />
            </dd>
          </>
        )}
      </dl>
      {asset.files.length > 0 && <Files asset={asset} trans={trans} />}
      <AssetIDs asset={asset} copy={copy} trans={trans} />
      {asset.mine && (
        <AssetEdit
          // What was saved is what the fields begin with.
          key={`${asset.updated_at ?? ''} ${asset.state} ${model.changing.state.kind === 'done'}`}
          asset={asset}
          operation={model.changing}
          onEdit={props.onEdit}
          onState={props.onState}
          onTransfer={props.onTransfer}
          copy={copy}
          trans={trans}
        />
      )}
      {asset.history.length > 0 && (
        <History history={asset.history} trans={trans} />
      )}
    </>
  );
}

/** A link is followed only if it leads to a web page; anything else is text. */
function Sample(props: { link: string }): React.JSX.Element {
  const text = plainText(props.link, 512) ?? '';
  return /^https:\/\//.test(props.link) ? (
    <a href={props.link} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  ) : (
    <code className="jp-Ipfs-cid">{text}</code>
  );
}

function Files(props: {
  asset: IAssetDetail;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, trans } = props;
  return (
    <table className="jp-Ipfs-table">
      <caption>{trans.__('Files')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('From')}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {asset.files.map(({ type, size, content_type }, index) => (
          <tr key={index}>
            <td>{plainText(type, 40)}</td>
            <td>{plainText(content_type, 80) ?? '–'}</td>
            <td>{size === null ? '–' : sizeText(size, trans)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function History(props: {
  history: readonly IAssetEvent[];
  trans: TranslationBundle;
}): React.JSX.Element {
  const { history, trans } = props;
  return (
    <section aria-label={trans.__('History')}>
      <h4>{trans.__('History, from the chain’s own logs')}</h4>
      <ol className="jp-Ipfs-history">
        {history.map(({ event, at, by, detail, tx_hash }, index) => (
          <li key={index}>
            <span>{whenText(at)}</span>
            <span>
              <bdi>{plainText(event, 80)}</bdi>
              {detail !== null && detail !== '' && (
                <>
                  {': '}
                  <bdi>{plainText(detail, 200)}</bdi>
                </>
              )}
            </span>
            <code className="jp-Ipfs-cid" title={tx_hash}>
              {by === null ? shortHex(tx_hash) : shortHex(by)}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}
