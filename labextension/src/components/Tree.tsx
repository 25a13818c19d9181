import type { TranslationBundle } from '@jupyterlab/translation';
import { caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';
import type { ITreeNode, TreeModel, TreeRow } from '../models/tree';
import { itemIcon } from './itemIcon';
import { sizeText } from './size';
import { WindowedList } from './WindowedList';

const ROW_HEIGHT = 26;
/** Lines below the drawn ones whose entries are asked for. */
const LOOK_AHEAD = 100;
/** How long typed letters count as the beginning of one name. */
const TYPEAHEAD_MS = 800;

export interface ITreeProps {
  readonly model: TreeModel;
  /** What a screen reader calls the tree. */
  readonly label: string;
  /** Called for what is no directory. */
  readonly onOpen: (entry: IEntry) => void;
  readonly onMenu: (entry: IEntry, x: number, y: number) => void;
  readonly trans: TranslationBundle;
}

/**
 * A directory as a tree whose parts are listed when somebody looks at them.
 */
export function Tree(props: ITreeProps): React.JSX.Element {
  const { model, trans } = props;
  const rows = useRows(model);
  const box = React.useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = React.useState<string | null>(null);
  const [wantsFocus, setWantsFocus] = React.useState(false);
  const typed = React.useRef({ text: '', time: 0 });

  React.useEffect(() => {
    if (wantsFocus) {
      setWantsFocus(false);
      box.current
        ?.querySelector<HTMLElement>('.jp-Ipfs-row[tabindex="0"]')
        ?.focus();
    }
  }, [wantsFocus]);

  const goTo = (row: TreeRow | undefined): void => {
    if (row !== undefined) {
      setActiveKey(row.key);
      setWantsFocus(true);
    }
  };

  const onOpen = (row: TreeRow): void => {
    if (row.kind !== 'entry') {
      return;
    }
    if (row.node.entry.kind === 'directory') {
      model.toggle(row.node);
    } else {
      props.onOpen(row.node.entry);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent, row: TreeRow): void => {
    const node = row.kind === 'entry' ? row.node : null;
    const index = rows.indexOf(row);
    if (event.key === 'ArrowRight') {
      event.preventDefault();
      if (node?.isOpen) {
        goTo(rows[index + 1]);
      } else if (node !== null) {
        model.toggle(node, true);
      }
    } else if (event.key === 'ArrowLeft') {
      event.preventDefault();
      if (node?.isOpen) {
        model.toggle(node, false);
      } else {
        goTo(rows.find(other => isRowOf(other, row.parent)));
      }
    } else if (event.key.length === 1 && event.key !== ' ') {
      event.preventDefault();
      const now = event.timeStamp;
      const isNew = now - typed.current.time > TYPEAHEAD_MS;
      const text = (isNew ? '' : typed.current.text) + event.key.toLowerCase();
      typed.current = { text, time: now };
      // A new letter looks behind the active row, more letters at it too.
      const from = text.length === 1 ? index + 1 : index;
      goTo(
        [...rows.slice(from), ...rows.slice(0, from)].find(
          other =>
            other.kind === 'entry' &&
            other.node.entry.name.toLowerCase().startsWith(text)
        )
      );
    }
  };

  const onReach = React.useCallback(
    (last: number, first: number) => model.look(first, last + LOOK_AHEAD),
    // Rows that come while nobody scrolls may be looked at too.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [model, rows]
  );

  return (
    <div ref={box} className="jp-Ipfs-tree">
      <WindowedList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        role="tree"
        label={props.label}
        rowKey={row => row.key}
        activeKey={activeKey}
        onActivate={row => setActiveKey(row.key)}
        onOpen={onOpen}
        onMenu={(row, x, y) => {
          if (row.kind === 'entry') {
            props.onMenu(row.node.entry, x, y);
          }
        }}
        onKeyDown={onKeyDown}
        onReach={onReach}
        attributes={row => attributes(row, trans)}
        renderRow={row => (
          <Line row={row} onToggle={node => model.toggle(node)} trans={trans} />
        )}
      />
    </div>
  );
}

function useRows(model: TreeModel): readonly TreeRow[] {
  const [rows, setRows] = React.useState(model.rows);
  React.useEffect(() => {
    const follow = (): void => setRows(model.rows);
    follow();
    model.changed.connect(follow);
    return () => {
      model.changed.disconnect(follow);
    };
  }, [model]);
  return rows;
}

function isRowOf(row: TreeRow, node: ITreeNode | null): boolean {
  return row.kind === 'entry' && row.node === node;
}

function attributes(
  row: TreeRow,
  trans: TranslationBundle
): React.AriaAttributes & { title?: string } {
  const shared = {
    'aria-level': row.depth + 1,
    'aria-posinset': row.position,
    'aria-setsize': row.siblings
  };
  if (row.kind !== 'entry') {
    return shared;
  }
  const { entry, isOpen } = row.node;
  const name = plainText(entry.name, 1000) ?? '';
  return {
    ...shared,
    'aria-expanded': entry.kind === 'directory' ? isOpen : undefined,
    title: `${name}\n${trans.__('CID: %1', entry.cid)}`
  };
}

function Line(props: {
  row: TreeRow;
  onToggle: (node: ITreeNode) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { row, trans } = props;
  const indent = { paddingInlineStart: `${row.depth * 16}px` };
  switch (row.kind) {
    case 'waiting':
      return (
        <span className="jp-Ipfs-treeNote" style={indent}>
          {trans.__('Loading…')}
        </span>
      );
    case 'empty':
      return (
        <span className="jp-Ipfs-treeNote" style={indent}>
          {trans.__('Nothing in it')}
        </span>
      );
    case 'problem':
      return (
        <span
          className="jp-Ipfs-treeNote"
          style={indent}
          title={row.problem.hint ?? undefined}
        >
          {trans.__('Not here: %1', row.problem.message)}
        </span>
      );
    case 'entry': {
      const { node } = row;
      const { entry } = node;
      const Icon = itemIcon(entry.kind, entry.name);
      return (
        <>
          <span className="jp-Ipfs-treeName" style={indent}>
            <Twisty node={node} onToggle={props.onToggle} />
            <Icon.react
              tag="span"
              className="jp-Ipfs-itemIcon"
              aria-hidden="true"
            />
            <bdi>{plainText(entry.name) ?? trans.__('(no name)')}</bdi>
          </span>
          <span className="jp-Ipfs-treeSize">
            {entry.size !== null && sizeText(entry.size, trans)}
          </span>
          <code className="jp-Ipfs-cid">{shortCID(entry.cid)}</code>
        </>
      );
    }
  }
}

/** For the pointer; keys open a directory by its row. */
function Twisty(props: {
  node: ITreeNode;
  onToggle: (node: ITreeNode) => void;
}): React.JSX.Element {
  const { node } = props;
  if (node.entry.kind !== 'directory') {
    return <span className="jp-Ipfs-twisty" />;
  }
  return (
    <span
      className={`jp-Ipfs-twisty${node.isOpen ? ' jp-mod-open' : ''}`}
      aria-hidden="true"
      onClick={() => props.onToggle(node)}
      onDoubleClick={event => event.stopPropagation()}
    >
      <caretRightIcon.react tag="span" />
    </span>
  );
}
