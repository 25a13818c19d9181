import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { shortCID } from '../models/cid';
import type { ICard, ICardItem } from '../models/cidCard';
import { CopyButton } from './CopyButton';
import { explanation } from './explanation';
import { ipfsIcon } from './icons';
import { sizeText } from './size';

export interface ICidCardProps {
  /** The card, or `null` if the output held no valid CID. */
  readonly card: ICard | null;
  readonly copy: (text: string) => void;
  /** Opens a CID that is on this computer; absent where nothing can open it. */
  readonly open?: (cid: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * What was stored, as text. Of a payload only a CID that was read as one is acted on.
 */
export function CidCard(props: ICidCardProps): React.JSX.Element {
  const { card, copy, open, trans } = props;
  if (card === null) {
    return (
      <div className="jp-Ipfs-card jp-Ipfs-mod-invalid">
        {trans.__(
          'This output says that it is a CID, but holds no valid one. Nothing of it is shown.'
        )}
      </div>
    );
  }
  return (
    <div
      className="jp-Ipfs-card"
      role="group"
      aria-label={
        card.name === null
          ? trans.__('IPFS content')
          : trans.__('IPFS content %1', card.name)
      }
    >
      <div className="jp-Ipfs-cardHead">
        <ipfsIcon.react
          tag="span"
          className="jp-Ipfs-cardIcon"
          aria-hidden="true"
        />
        <Title card={card} trans={trans} />
        <span className="jp-Ipfs-facts">{facts(card, trans)}</span>
      </div>
      <div className="jp-Ipfs-cidRow">
        <code className="jp-Ipfs-cid" title={card.cid}>
          {shortCID(card.cid)}
        </code>
        <CopyButton
          text={card.cid}
          label={trans.__('Copy CID')}
          copy={copy}
          trans={trans}
        />
        {open !== undefined && (
          <button
            type="button"
            className="jp-Ipfs-button"
            title={trans.__('Show what is in it; nothing is fetched')}
            onClick={() => open(card.cid)}
          >
            {trans.__('Open')}
          </button>
        )}
      </div>
      {card.where !== '' && (
        <div className="jp-Ipfs-where">
          <span className="jp-Ipfs-label">{trans.__('Where:')}</span>{' '}
          <bdi>{card.where}</bdi>
        </div>
      )}
      <Items card={card} trans={trans} />
      {card.notes.map((note, index) => (
        <p key={index} className="jp-Ipfs-note">
          <bdi>{note}</bdi>
        </p>
      ))}
      {card.explained && <p className="jp-Ipfs-note">{explanation(trans)}</p>}
    </div>
  );
}

interface IPartProps {
  readonly card: ICard;
  readonly trans: TranslationBundle;
}

function Title({ card, trans }: IPartProps): React.JSX.Element {
  if (card.name === null) {
    return (
      <span className="jp-Ipfs-title">
        <bdi>{card.label ?? kindText(card.kind, trans)}</bdi>
      </span>
    );
  }
  return (
    <span className="jp-Ipfs-title">
      <bdi>{card.name}</bdi>
      {card.nameVersion !== null && (
        <span className="jp-Ipfs-version">@{card.nameVersion}</span>
      )}
      {card.unchanged && (
        <span className="jp-Ipfs-tag">{trans.__('unchanged')}</span>
      )}
    </span>
  );
}

function Items({ card, trans }: IPartProps): React.JSX.Element | null {
  if (card.items.length === 0) {
    return null;
  }
  const total = card.items.length + card.itemsLeftOut;
  return (
    <details className="jp-Ipfs-items" open={total <= 8}>
      <summary>{trans._n('%1 item', '%1 items', total)}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Name')}</th>
            <th scope="col" className="jp-Ipfs-size">
              {trans.__('Size')}
            </th>
            <th scope="col">{trans.__('CID')}</th>
          </tr>
        </thead>
        <tbody>
          {card.items.map((item, index) => (
            <ItemRow key={index} item={item} trans={trans} />
          ))}
        </tbody>
      </table>
      {card.itemsLeftOut > 0 && (
        <p>{trans._n('… and %1 more', '… and %1 more', card.itemsLeftOut)}</p>
      )}
    </details>
  );
}

function ItemRow(props: {
  item: ICardItem;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { item, trans } = props;
  return (
    <tr>
      <td>
        <bdi>{item.name}</bdi>
      </td>
      <td className="jp-Ipfs-size">
        {item.size !== null && sizeText(item.size, trans)}
      </td>
      <td>
        {item.cid !== null && (
          <code className="jp-Ipfs-cid" title={item.cid}>
            {shortCID(item.cid)}
          </code>
        )}
      </td>
    </tr>
  );
}

function facts(card: ICard, trans: TranslationBundle): string {
  const words: string[] = [];
  if (card.name !== null) {
    words.push(kindText(card.kind, trans));
  }
  if (card.files !== null && card.kind !== 'file') {
    words.push(trans._n('%1 file', '%1 files', card.files));
  }
  if (card.size !== null) {
    words.push(sizeText(card.size, trans));
  }
  return words.join(' · ');
}

/** Kinds that we know are translated; any other is shown as it came. */
function kindText(kind: string, trans: TranslationBundle): string {
  switch (kind) {
    case '':
      return trans.__('content');
    case 'file':
      return trans.__('file');
    case 'directory':
      return trans.__('directory');
    case 'symlink':
      return trans.__('symbolic link');
    case 'table':
      return trans.__('table');
    case 'array':
      return trans.__('array');
    case 'figure':
      return trans.__('figure');
    case 'image':
      return trans.__('image');
    case 'model':
      return trans.__('model');
    case 'json':
      return trans.__('JSON');
    case 'text':
      return trans.__('text');
    case 'bytes':
      return trans.__('bytes');
    case 'outputs':
      return trans.__('outputs of a cell');
    default:
      return kind;
  }
}
