import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ICopy, IItem, IItemQuery, ItemFilter } from '../api/items';
import type { IItemRow } from '../models/items';
import { rowKey } from '../models/items';
import { plainText } from '../models/plainText';
import type { IProblem } from '../models/problem';
import { copiesSummary, isOnlyHere } from './copyWords';
import { MenuButton } from './IconButton';
import { itemIcon } from './itemIcon';
import { sizeText } from './size';
import { WindowedList } from './WindowedList';

/** Two lines of text and the smallest button that WCAG 2.2 allows. */
const ROW_HEIGHT = 50;

/** How long typing has to rest before the server is asked. */
const TYPING_MS = 200;

export interface IHoldingsProps {
  readonly rows: readonly IItemRow[];
  readonly isLoaded: boolean;
  readonly failure: IProblem | null;
  readonly query: IItemQuery;
  readonly activeKey: string | null;
  readonly onSearch: (query: Partial<IItemQuery>) => void;
  readonly onActivate: (row: IItemRow) => void;
  readonly onOpen: (item: IItem) => void;
  readonly onMenu: (item: IItem, x: number, y: number) => void;
  readonly onUnpin: (item: IItem) => void;
  readonly onRename: (item: IItem) => void;
  /** Who has an item. */
  readonly copiesOf: (item: IItem) => readonly ICopy[];
  readonly onCopies: (item: IItem) => void;
  readonly onReach: (last: number, first: number) => void;
  readonly onRetry: () => void;
  readonly trans: TranslationBundle;
}

/**
 * What is stored: names, kept roots and what was put lately.
 */
export function Holdings(props: IHoldingsProps): React.JSX.Element {
  const { rows, isLoaded, failure, trans } = props;
  return (
    <div className="jp-Ipfs-holdings">
      <Tools query={props.query} onSearch={props.onSearch} trans={trans} />
      {failure !== null && (
        <div className="jp-Ipfs-message" role="alert">
          <p>{trans.__('The list could not be read: %1', failure.message)}</p>
          {failure.hint !== null && <p>{failure.hint}</p>}
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onRetry}
          >
            {trans.__('Try again')}
          </button>
        </div>
      )}
      <p role="status" className="jp-Ipfs-count">
        {isLoaded ? countText(props) : trans.__('Reading the list…')}
      </p>
      {rows.length > 0 && <Rows {...props} />}
    </div>
  );
}

function countText({ rows, query, trans }: IHoldingsProps): string {
  if (rows.length > 0) {
    return trans._n('%1 item', '%1 items', rows.length);
  }
  return query.query === ''
    ? trans.__('Nothing here')
    : trans.__('Nothing found for “%1”', query.query);
}

function Tools(props: {
  query: IItemQuery;
  onSearch: (query: Partial<IItemQuery>) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { query, onSearch, trans } = props;
  const [text, setText] = React.useState(query.query);

  React.useEffect(() => {
    if (text === query.query) {
      return;
    }
    const timer = window.setTimeout(() => onSearch({ query: text }), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text, query.query, onSearch]);

  return (
    <div className="jp-Ipfs-tools">
      <input
        type="search"
        className="jp-Ipfs-input"
        placeholder={trans.__('Search these')}
        aria-label={trans.__('Search by name or CID')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <select
        className="jp-Ipfs-input jp-Ipfs-select"
        aria-label={trans.__('Which items')}
        value={query.kind}
        onChange={event => onSearch({ kind: event.target.value as ItemFilter })}
      >
        <option value="all">{trans.__('All')}</option>
        <option value="names">{trans.__('Named')}</option>
        <option value="recent">{trans.__('Newest')}</option>
      </select>
    </div>
  );
}

function Rows(props: IHoldingsProps): React.JSX.Element {
  const { trans } = props;
  return (
    <WindowedList
      rows={props.rows}
      rowHeight={ROW_HEIGHT}
      role="grid"
      label={trans.__('What is stored')}
      rowKey={rowKey}
      activeKey={props.activeKey}
      onActivate={props.onActivate}
      onOpen={({ item }) => {
        if (item !== null) {
          props.onOpen(item);
        }
      }}
      onMenu={({ item }, x, y) => {
        if (item !== null) {
          props.onMenu(item, x, y);
        }
      }}
      onKeyDown={(event, { item }) => {
        if (item === null) {
          return;
        }
        if (event.key === 'Delete') {
          event.preventDefault();
          props.onUnpin(item);
        } else if (event.key === 'F2') {
          event.preventDefault();
          props.onRename(item);
        }
      }}
      onReach={props.onReach}
      renderRow={({ item }) =>
        item === null ? (
          <span role="gridcell" className="jp-Ipfs-itemTitle">
            {trans.__('Loading…')}
          </span>
        ) : (
          <ItemRow
            item={item}
            copies={props.copiesOf(item)}
            onCopies={() => props.onCopies(item)}
            onMenu={(x, y) => props.onMenu(item, x, y)}
            trans={trans}
          />
        )
      }
    />
  );
}

function ItemRow(props: {
  item: IItem;
  copies: readonly ICopy[];
  onCopies: () => void;
  onMenu: (x: number, y: number) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { item, copies, trans } = props;
  const title = plainText(item.title) ?? item.root;
  const name = item.names.find(each => each.name === item.title);
  const size = item.size ?? item.dag_size;
  const Icon = itemIcon(item.kind, item.title);
  return (
    <>
      <span role="gridcell" className="jp-Ipfs-itemHead">
        <Icon.react
          tag="span"
          className="jp-Ipfs-itemIcon"
          aria-hidden="true"
        />
        <span className="jp-Ipfs-itemTitle" title={`${title}\n${item.root}`}>
          <bdi>{title}</bdi>
          {name !== undefined && name.versions > 1 && (
            <span className="jp-Ipfs-itemVersion">
              {trans.__('version %1', name.version)}
            </span>
          )}
        </span>
      </span>
      <span role="gridcell" className="jp-Ipfs-itemSize">
        {size !== null && sizeText(size, trans)}
      </span>
      <span role="gridcell" className="jp-Ipfs-itemCopies">
        <button
          type="button"
          tabIndex={-1}
          className="jp-Ipfs-chip"
          data-only-here={isOnlyHere(copies)}
          title={trans.__('Who has it, and how to make it available')}
          onClick={props.onCopies}
        >
          <bdi>{copiesSummary(copies, trans)}</bdi>
        </button>
        {copies.some(({ kind }) => kind === 'served') && (
          <span className="jp-Ipfs-itemLoose">{trans.__('served')}</span>
        )}
        {!item.pinned && (
          <span className="jp-Ipfs-itemLoose">{trans.__('not kept')}</span>
        )}
      </span>
      <span role="gridcell" className="jp-Ipfs-itemAge">
        {item.created_at !== null && (
          <time
            title={Time.format(new Date(item.created_at * 1000))}
            dateTime={new Date(item.created_at * 1000).toISOString()}
          >
            {Time.formatHuman(new Date(item.created_at * 1000), 'short')}
          </time>
        )}
      </span>
      <span role="gridcell" className="jp-Ipfs-itemMore">
        <MenuButton title={title} onMenu={props.onMenu} trans={trans} />
      </span>
    </>
  );
}
