import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import type { IPreview, ITable } from '../api/preview';
import { crumbs, lastName } from '../models/address';
import { isCID, shortCID } from '../models/cid';
import type { ContentModel, ContentState } from '../models/content';
import { plainLines, plainText } from '../models/plainText';
import { CopyButton } from './CopyButton';
import { itemIcon } from './itemIcon';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';
import { Tree } from './Tree';

/** What the server may call an image; all others are not drawn. */
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Something that can be done with what is shown. */
export interface IContentAction {
  readonly label: string;
  readonly caption: string;
  readonly run: () => void;
}

export interface IPreviewProps {
  readonly model: ContentModel;
  /** What the root was opened by, if not by its CID. */
  readonly rootName: string | null;
  /** What can be done with content of this kind. */
  readonly actions: (entry: IEntry) => readonly IContentAction[];
  /** Opens content that stands below or above. */
  readonly onOpen: (entry: Pick<IEntry, 'path' | 'kind'>) => void;
  readonly onMenu: (entry: IEntry, x: number, y: number) => void;
  /** Keeps it on this computer. */
  readonly onKeep: (entry: IEntry) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Content as text, picture, table or tree. All of it is drawn by us: nothing in it acts.
 */
export function Preview(props: IPreviewProps): React.JSX.Element {
  const { model, trans } = props;
  const { state } = model;
  switch (state.kind) {
    case 'loading':
      return <p className="jp-Ipfs-contentNote">{trans.__('Loading…')}</p>;
    case 'failed':
      return (
        <div className="jp-Ipfs-contentNote">
          <ProblemNote problem={state.problem}>
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => void model.load()}
            >
              {trans.__('Try again')}
            </button>
          </ProblemNote>
        </div>
      );
    case 'directory':
      return (
        <>
          <Head {...props} state={state} />
          <Tree
            model={state.tree}
            label={trans.__('Entries of %1', titleOf(model))}
            onOpen={props.onOpen}
            onMenu={props.onMenu}
            trans={trans}
          />
        </>
      );
    case 'preview':
      return (
        <>
          <Head {...props} state={state} />
          <PreviewBody
            title={titleOf(model)}
            preview={state.preview}
            trans={trans}
          />
        </>
      );
  }
}

type Shown = Exclude<ContentState, { kind: 'loading' | 'failed' }>;

function Head(props: IPreviewProps & { state: Shown }): React.JSX.Element {
  const { state, trans } = props;
  const { listing } = state;
  const Icon = itemIcon(listing.kind, titleOf(props.model));
  return (
    <header className="jp-Ipfs-contentHead">
      <div className="jp-Ipfs-cardHead">
        <Icon.react
          tag="span"
          className="jp-Ipfs-itemIcon"
          aria-hidden="true"
        />
        <Crumbs {...props} />
        <span className="jp-Ipfs-facts">{factsOf(state, trans)}</span>
      </div>
      <div className="jp-Ipfs-cidRow">
        <code className="jp-Ipfs-cid" title={listing.cid}>
          {shortCID(listing.cid)}
        </code>
        <CopyButton
          text={listing.cid}
          label={trans.__('Copy CID')}
          copy={props.copy}
          trans={trans}
        />
        {props.actions(listing).map(action => (
          <button
            key={action.label}
            type="button"
            className="jp-Ipfs-button"
            title={action.caption}
            onClick={action.run}
          >
            {action.label}
          </button>
        ))}
      </div>
      <p className="jp-Ipfs-note">{intactText(state, trans)}</p>
      {props.model.isKept === false && (
        <p className="jp-Ipfs-note jp-Ipfs-notKept">
          <span>{trans.__('Not kept: goes when space is needed.')}</span>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => props.onKeep(listing)}
          >
            {trans.__('Keep')}
          </button>
        </p>
      )}
    </header>
  );
}

/** The way to it; each part but the last opens. */
function Crumbs(props: IPreviewProps): React.JSX.Element {
  const { model, trans } = props;
  const parts = crumbs(model.path);
  return (
    <nav className="jp-Ipfs-crumbs" aria-label={trans.__('Path')}>
      <ol>
        {parts.map((part, index) => {
          const isLast = index === parts.length - 1;
          const given = index === 0 ? (props.rootName ?? part.name) : part.name;
          const name = isLast ? (model.title ?? given) : given;
          const text = isCID(name) ? shortCID(name) : plainText(name);
          return (
            <li key={part.path}>
              {isLast ? (
                <bdi className="jp-Ipfs-title" aria-current="page">
                  {text}
                </bdi>
              ) : (
                <button
                  type="button"
                  className="jp-Ipfs-crumb"
                  onClick={() =>
                    props.onOpen({ path: part.path, kind: 'directory' })
                  }
                >
                  <bdi>{text}</bdi>
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** A preview alone, with nothing in it active. */
export function PreviewBody(props: {
  title: string;
  preview: IPreview;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { title, preview, trans } = props;
  if (preview.table) {
    return <Table title={title} table={preview.table} trans={trans} />;
  }
  if (preview.image && IMAGE_TYPES.includes(preview.mime)) {
    return (
      <div
        className="jp-Ipfs-contentBody"
        tabIndex={0}
        role="group"
        aria-label={title}
      >
        <img
          className="jp-Ipfs-image"
          src={`data:${preview.mime};base64,${preview.image}`}
          alt={title}
        />
      </div>
    );
  }
  if (typeof preview.text === 'string') {
    return (
      <div
        className="jp-Ipfs-contentBody"
        tabIndex={0}
        role="group"
        aria-label={title}
      >
        <pre className="jp-Ipfs-text">{plainLines(preview.text)}</pre>
        {preview.truncated && (
          <p className="jp-Ipfs-note">
            {trans.__('Only the beginning is shown.')}
          </p>
        )}
      </div>
    );
  }
  return (
    <p className="jp-Ipfs-contentNote">
      {preview.kind === 'notebook'
        ? trans.__('A notebook. It opens read-only, and nothing in it runs.')
        : trans.__(
            'This cannot be shown here. Open a copy in the workspace, or download it.'
          )}
    </p>
  );
}

function Table(props: {
  title: string;
  table: ITable;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { title, table, trans } = props;
  return (
    <div
      className="jp-Ipfs-contentBody"
      tabIndex={0}
      role="group"
      aria-label={title}
    >
      <table className="jp-Ipfs-table">
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={index} scope="col">
                <bdi>{cellText(column)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place}>
                  <bdi>{cellText(cell)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {table.total_rows !== table.rows.length && (
        <p className="jp-Ipfs-note">
          {table.total_rows === null
            ? trans._n(
                'The first %1 row is shown.',
                'The first %1 rows are shown.',
                table.rows.length
              )
            : trans.__(
                'The first %1 of %2 rows are shown.',
                table.rows.length,
                table.total_rows
              )}
        </p>
      )}
    </div>
  );
}

function cellText(cell: unknown): string {
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  return plainText(text, 500) ?? '';
}

function titleOf(model: ContentModel): string {
  return plainText(model.title ?? lastName(model.path)) ?? '';
}

function factsOf(state: Shown, trans: TranslationBundle): string {
  const { listing } = state;
  if (state.kind === 'preview') {
    return listing.size === null ? '' : sizeText(listing.size, trans);
  }
  const words: string[] = [];
  if (listing.total !== null) {
    words.push(trans._n('%1 entry', '%1 entries', listing.total));
  }
  const size = listing.size ?? listing.dag_size;
  if (size !== null) {
    words.push(sizeText(size, trans));
  }
  return words.join(' · ');
}

/** What exactly has been checked, and nothing more (docs: design, Names). */
function intactText(state: Shown, trans: TranslationBundle): string {
  if (state.kind === 'directory') {
    return trans.__(
      'Intact: the entries listed here match this CID. A file is checked when it is opened.'
    );
  }
  const { preview } = state;
  const isShown = Boolean(preview.text ?? preview.image ?? preview.table);
  if (!isShown) {
    return trans.__(
      'Not read yet: each byte is checked against this CID when it is opened or downloaded.'
    );
  }
  const isPart =
    preview.truncated === true ||
    (preview.table && preview.table.total_rows !== preview.table.rows.length);
  return isPart
    ? trans.__('Intact: the part that is shown matches this CID.')
    : trans.__('Intact: all bytes match this CID.');
}
