import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, newFolderIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import type { FilesModel } from '../models/mfs';
import { plainText } from '../models/plainText';
import { IconButton, MenuButton } from './IconButton';
import { itemIcon } from './itemIcon';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';
import { WindowedList } from './WindowedList';

const ROW_HEIGHT = 28;

export interface IFilesProps {
  readonly model: FilesModel;
  readonly onNewFolder: () => void;
  readonly onPut: () => void;
  readonly onOpen: (entry: IEntry) => void;
  readonly onRename: (entry: IEntry) => void;
  readonly onMenu: (entry: IEntry, x: number, y: number) => void;
  readonly trans: TranslationBundle;
}

/**
 * Folders that can change, each of them with a CID at any moment.
 */
export function Files(props: IFilesProps): React.JSX.Element {
  const { model, trans } = props;
  const { folder, problem, removed } = model;
  const left = folder === null ? 0 : folder.total - folder.entries.length;
  const box = React.useRef<HTMLDivElement>(null);
  const [activeName, setActiveName] = React.useState<string | null>(null);

  // Asked for when somebody sees it: the section is folded at first.
  React.useEffect(() => {
    if (box.current === null || folder !== null) {
      return;
    }
    const observer = new IntersectionObserver(seen => {
      if (seen.some(entry => entry.isIntersecting)) {
        observer.disconnect();
        void model.refresh();
      }
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [model, folder]);

  return (
    <div ref={box} className="jp-Ipfs-files">
      <div className="jp-Ipfs-filesHead">
        <Way model={model} trans={trans} />
        <IconButton
          icon={newFolderIcon}
          label={trans.__('New folder')}
          onClick={props.onNewFolder}
        />
        <IconButton
          icon={addIcon}
          label={trans.__('Put stored content here')}
          onClick={props.onPut}
        />
        <IconButton
          icon={refreshIcon}
          label={trans.__('Refresh the files')}
          onClick={() => void model.refresh()}
        />
      </div>
      <p className="jp-Ipfs-filesHint">
        {trans.__(
          'Folders in which you arrange what is stored. Each change gives the folder a new CID; what lies in it keeps its own.'
        )}
      </p>
      {problem !== null && <ProblemNote problem={problem} />}
      <div role="status">
        {removed !== null && (
          <p className="jp-Ipfs-undo">
            <bdi>{trans.__('Removed %1.', plainText(removed.name) ?? '')}</bdi>{' '}
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => void model.undo()}
            >
              {trans.__('Undo')}
            </button>
          </p>
        )}
      </div>
      {folder === null && problem === null && (
        <p className="jp-Ipfs-treeNote">{trans.__('Loading…')}</p>
      )}
      {folder?.entries.length === 0 && (
        <p className="jp-Ipfs-treeNote">
          {trans.__(
            'Nothing here yet. “+” puts something that is stored here.'
          )}
        </p>
      )}
      {folder !== null && folder.entries.length > 0 && (
        <WindowedList
          rows={folder.entries}
          rowHeight={ROW_HEIGHT}
          role="grid"
          label={trans.__('Files in %1', plainText(folder.path) ?? '/')}
          rowKey={entry => entry.name}
          activeKey={activeName}
          onActivate={entry => setActiveName(entry.name)}
          onOpen={props.onOpen}
          onMenu={props.onMenu}
          onKeyDown={(event, entry) => {
            if (event.key === 'Delete') {
              event.preventDefault();
              void model.remove(entry);
            } else if (event.key === 'F2') {
              event.preventDefault();
              props.onRename(entry);
            } else if (event.key === 'Backspace' && model.path !== '/') {
              event.preventDefault();
              void model.go(parentOf(model.path));
            }
          }}
          renderRow={entry => (
            <FileRow entry={entry} onMenu={props.onMenu} trans={trans} />
          )}
        />
      )}
      {left > 0 && (
        <p className="jp-Ipfs-treeNote">
          {trans._n('… and %1 more', '… and %1 more', left)}
        </p>
      )}
    </div>
  );
}

/** The folders above, each of which opens. */
function Way(props: {
  model: FilesModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const names = model.path.split('/').filter(name => name !== '');
  return (
    <nav className="jp-Ipfs-crumbs" aria-label={trans.__('Folder')}>
      <ol>
        {['', ...names].map((name, index) => {
          const path = `/${names.slice(0, index).join('/')}`;
          const text =
            index === 0 ? trans.__('Folders') : (plainText(name) ?? '');
          return (
            <li key={path}>
              {index === names.length ? (
                <bdi aria-current="location">{text}</bdi>
              ) : (
                <button
                  type="button"
                  className="jp-Ipfs-crumb"
                  onClick={() => void model.go(path)}
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

function FileRow(props: {
  entry: IEntry;
  onMenu: (entry: IEntry, x: number, y: number) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { entry, trans } = props;
  const name = plainText(entry.name) ?? trans.__('(no name)');
  const Icon = itemIcon(entry.kind, entry.name);
  return (
    <>
      <span className="jp-Ipfs-treeName" role="gridcell" title={entry.cid}>
        <Icon.react
          tag="span"
          className="jp-Ipfs-itemIcon"
          aria-hidden="true"
        />
        <bdi>{name}</bdi>
      </span>
      <span className="jp-Ipfs-treeSize" role="gridcell">
        {entry.size !== null && sizeText(entry.size, trans)}
      </span>
      <span role="gridcell" className="jp-Ipfs-itemMore">
        <MenuButton
          title={name}
          onMenu={(x, y) => props.onMenu(entry, x, y)}
          trans={trans}
        />
      </span>
    </>
  );
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
