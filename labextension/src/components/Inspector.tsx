import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBlock, ILink } from '../api/blocks';
import { shortCID } from '../models/cid';
import type { InspectorModel } from '../models/inspector';
import { plainLines, plainText } from '../models/plainText';
import { CopyButton } from './CopyButton';
import { DagPicture } from './DagPicture';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';
import { WindowedList } from './WindowedList';

const ROW_HEIGHT = 26;

export interface IInspectorProps {
  readonly model: InspectorModel;
  /** What to call where the walk began, if not by its CID. */
  readonly name: string | null;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * One block: its CID taken apart, what is in it, and the links to walk along.
 */
export function Inspector(props: IInspectorProps): React.JSX.Element {
  const { model, trans } = props;
  const { state } = model;
  return (
    <>
      <Trail model={model} name={props.name} trans={trans} />
      {state.kind === 'loading' && (
        <p className="jp-Ipfs-contentNote">{trans.__('Loading…')}</p>
      )}
      {state.kind === 'failed' && (
        <div className="jp-Ipfs-contentNote">
          <ProblemNote problem={state.problem} />
        </div>
      )}
      {state.kind === 'block' && <Block {...props} block={state.block} />}
    </>
  );
}

/** The way here: each block but the last can be gone back to. */
function Trail(props: {
  model: InspectorModel;
  name: string | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const { walked } = model;
  const first = plainText(props.name, 60);
  const label = (cid: string, index: number): string =>
    index === 0 && first !== null ? first : shortCID(cid);
  return (
    <div className="jp-Ipfs-trail">
      <button
        type="button"
        className="jp-Ipfs-button"
        disabled={walked.length < 2}
        onClick={() => void model.back()}
      >
        {trans.__('Back')}
      </button>
      <nav className="jp-Ipfs-crumbs" aria-label={trans.__('Blocks walked')}>
        <ol>
          {walked.map((cid, index) => (
            <li key={index}>
              {index === walked.length - 1 ? (
                <code className="jp-Ipfs-cid" aria-current="page" title={cid}>
                  <bdi>{label(cid, index)}</bdi>
                </code>
              ) : (
                <button
                  type="button"
                  className="jp-Ipfs-crumb"
                  title={cid}
                  onClick={() => void model.back(index)}
                >
                  <bdi>{label(cid, index)}</bdi>
                </button>
              )}
            </li>
          ))}
        </ol>
      </nav>
    </div>
  );
}

function Block(props: IInspectorProps & { block: IBlock }): React.JSX.Element {
  const { model, block, trans } = props;
  const follow = (cid: string): void => void model.follow(cid);
  return (
    <div className="jp-Ipfs-inspectorBody">
      <dl className="jp-Ipfs-pairs">
        <Pair term={trans.__('CID')}>
          <code className="jp-Ipfs-cid">{block.cid}</code>{' '}
          <CopyButton
            text={block.cid}
            label={trans.__('Copy CID')}
            copy={props.copy}
            trans={trans}
          />
        </Pair>
        <Pair
          term={trans.__('CID version')}
          note={trans.__(
            'How the CID itself is written: 0 is the old form (Qm…), 1 today’s (bafy…). It is no version of the content.'
          )}
        >
          {block.version}
        </Pair>
        <Pair term={trans.__('Codec')} note={codecText(block.codec, trans)}>
          {block.codec}
        </Pair>
        <Pair
          term={trans.__('Multihash')}
          note={trans.__(
            'The fingerprint of the block’s bytes, and by which function it was made.'
          )}
        >
          <code className="jp-Ipfs-cid">{plainText(block.multihash, 400)}</code>
        </Pair>
        <Pair term={trans.__('Block')}>{blockText(block, trans)}</Pair>
        {block.kind !== '' && (
          <Pair
            term={trans.__('Kind')}
            note={
              block.codec === 'dag-pb'
                ? trans.__(
                    'UnixFS is the format in which IPFS keeps files and folders as blocks.'
                  )
                : undefined
            }
          >
            {plainText(block.kind)}
          </Pair>
        )}
      </dl>
      <DagPicture
        block={block}
        below={model.below}
        onFollow={follow}
        trans={trans}
      />
      {block.links.length > 0 && (
        <Links
          key={block.cid}
          block={block}
          below={model.below}
          onFollow={follow}
          trans={trans}
        />
      )}
      {block.text !== null && (
        <>
          <h3>{trans.__('Content of the block')}</h3>
          <pre
            className="jp-Ipfs-text jp-Ipfs-blockText"
            tabIndex={0}
            role="group"
            aria-label={trans.__('Content of the block')}
          >
            {plainLines(block.text)}
          </pre>
        </>
      )}
    </div>
  );
}

function Pair(props: {
  term: string;
  /** What that is, in a sentence. */
  note?: string;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>
        {props.children}
        {props.note !== undefined && (
          <span className="jp-Ipfs-pairNote">{props.note}</span>
        )}
      </dd>
    </>
  );
}

function Links(props: {
  block: IBlock;
  below: ReadonlyMap<string, IBlock>;
  onFollow: (cid: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { block, below, trans } = props;
  const rows = block.links.map((link, index) => ({ link, index }));
  const [activeKey, setActiveKey] = React.useState<string | null>(null);
  const left = block.links_total - block.links.length;
  return (
    <>
      <h3>{trans._n('%1 link', '%1 links', block.links_total)}</h3>
      <div className="jp-Ipfs-links">
        <WindowedList
          rows={rows}
          rowHeight={ROW_HEIGHT}
          role="grid"
          label={trans.__('Links of this block; Enter goes there')}
          rowKey={row => `${row.index}`}
          activeKey={activeKey}
          onActivate={row => setActiveKey(`${row.index}`)}
          onOpen={row => props.onFollow(row.link.cid)}
          renderRow={row => (
            <LinkRow
              link={row.link}
              index={row.index}
              block={below.get(row.link.cid)}
              onFollow={props.onFollow}
              trans={trans}
            />
          )}
        />
      </div>
      {left > 0 && (
        <p className="jp-Ipfs-note">
          {trans._n('… and %1 more', '… and %1 more', left)}
        </p>
      )}
    </>
  );
}

function LinkRow(props: {
  link: ILink;
  index: number;
  block: IBlock | undefined;
  onFollow: (cid: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { link, block, trans } = props;
  return (
    <>
      <span className="jp-Ipfs-linkIndex" role="gridcell">
        {props.index}
      </span>
      <span className="jp-Ipfs-treeName" role="gridcell">
        <bdi>{plainText(link.name) ?? '–'}</bdi>
      </span>
      <span className="jp-Ipfs-treeSize" role="gridcell">
        {link.dag_size !== null && sizeText(link.dag_size, trans)}
      </span>
      <span className="jp-Ipfs-linkHeld" role="gridcell">
        {block?.held === false && trans.__('not here')}
      </span>
      <span role="gridcell">
        <button
          type="button"
          className="jp-Ipfs-crumb jp-Ipfs-cid"
          tabIndex={-1}
          title={link.cid}
          onClick={() => props.onFollow(link.cid)}
        >
          {shortCID(link.cid)}
        </button>
      </span>
    </>
  );
}

/** What a codec is, in a sentence. */
function codecText(
  codec: string,
  trans: TranslationBundle
): string | undefined {
  switch (codec) {
    case 'dag-pb':
      return trans.__(
        'A list of links to other blocks: a folder, or a file in parts.'
      );
    case 'raw':
      return trans.__('Bytes of a file as they are.');
    case 'dag-cbor':
    case 'dag-json':
      return trans.__('Data in fields, which may link to other blocks.');
    default:
      return undefined;
  }
}

function blockText(block: IBlock, trans: TranslationBundle): string {
  if (!block.held) {
    return trans.__(
      'Not on this computer. Above is what the CID itself tells.'
    );
  }
  return block.size === null
    ? trans.__('Here, and it matches this CID.')
    : trans.__(
        '%1, here, and it matches this CID.',
        sizeText(block.size, trans)
      );
}
