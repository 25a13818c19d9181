import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { InputDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import { getEntries } from '../api/entries';
import { Files } from '../components/Files';
import { lastName, parseAddress } from '../models/address';
import { FilesModel } from '../models/mfs';
import { plainText } from '../models/plainText';
import { IPanel, IServerEvents } from '../tokens';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';

/** What can be done with an entry. */
const MENU = [
  CommandIDs.openFile,
  CommandIDs.renameFile,
  CommandIDs.moveFile,
  CommandIDs.removeFile
];

const RANK = 40;

/**
 * The files that can change, in the sidebar.
 */
export const files: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:files',
  description: 'Folders of IPFS content that can change (MFS).',
  autoStart: true,
  requires: [IPanel],
  optional: [ITranslator, IServerEvents],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    translator: ITranslator | null,
    events: IServerEvents | null
  ): void => {
    const { commands } = app;
    const { serverSettings } = app.serviceManager;
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const model = new FilesModel(serverSettings);
    let chosen: IEntry | null = null;

    events?.repoChanged.connect(() => {
      if (panel.isShown && model.folder !== null) {
        void model.refresh();
      }
    });

    const askForText = async (
      title: string,
      label: string,
      text: string,
      okLabel: string
    ): Promise<string | null> => {
      const answer = await InputDialog.getText({ title, label, text, okLabel });
      const value = answer.value?.trim() ?? '';
      return answer.button.accept && value !== '' ? value : null;
    };

    const open = (entry: IEntry): void => {
      if (entry.kind === 'directory') {
        const above = model.path === '/' ? '' : model.path;
        void model.go(`${above}/${entry.name}`);
      } else {
        void commands.execute(CommandIDs.open, { path: `/ipfs/${entry.cid}` });
      }
    };

    const rename = async (entry: IEntry): Promise<void> => {
      const name = await askForText(
        trans.__('Rename'),
        trans.__('New name'),
        entry.name,
        trans.__('Rename')
      );
      if (name !== null && name !== entry.name) {
        await model.move(entry.name, name.replace(/\//g, ''));
      }
    };

    const move = async (entry: IEntry): Promise<void> => {
      const place = await askForText(
        trans.__('Move %1', plainText(entry.name) ?? ''),
        trans.__('To a folder, such as /figures'),
        model.path,
        trans.__('Move')
      );
      if (place !== null && place !== model.path) {
        await model.move(
          entry.name,
          place.startsWith('/') ? place : `/${place}`
        );
      }
    };

    const put = async (): Promise<void> => {
      const source = await askForText(
        trans.__('Put stored content here'),
        trans.__('A CID, a path or a name'),
        '',
        trans.__('Put here')
      );
      if (source === null) {
        return;
      }
      const address = parseAddress(source);
      const path = address.kind === 'problem' ? source : address.path;
      let cid = '';
      const isFound = await told(
        trans.__('It could not be put here'),
        async () => {
          ({ cid } = await getEntries(path, 0, 1, serverSettings));
        }
      );
      if (!isFound) {
        return;
      }
      const name = await askForText(
        trans.__('Put stored content here'),
        trans.__('Under which name'),
        lastName(path),
        trans.__('Put here')
      );
      if (name !== null) {
        await model.put(`/ipfs/${cid}`, name.replace(/\//g, ''));
      }
    };

    const makeFolder = async (): Promise<void> => {
      const name = await askForText(
        trans.__('New folder'),
        trans.__('Name'),
        '',
        trans.__('Make it')
      );
      if (name !== null) {
        await model.makeFolder(name.replace(/\//g, ''));
      }
    };

    const add = (
      id: string,
      label: string,
      execute: (entry: IEntry) => void | Promise<void>
    ): void => {
      commands.addCommand(id, {
        label,
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => chosen !== null,
        execute: async () => {
          if (chosen !== null) {
            await execute(chosen);
          }
        }
      });
    };
    add(CommandIDs.openFile, trans.__('Open'), open);
    add(CommandIDs.renameFile, trans.__('Rename…'), rename);
    add(CommandIDs.moveFile, trans.__('Move…'), move);
    add(CommandIDs.removeFile, trans.__('Remove from Here'), entry =>
      model.remove(entry)
    );

    const menu = new MenuSvg({ commands });
    for (const command of MENU) {
      menu.addItem({ command });
    }

    panel.addSection({
      id: 'files',
      title: trans.__('Files'),
      rank: RANK,
      changed: model.changed,
      render: () =>
        React.createElement(Files, {
          model,
          onNewFolder: () => void makeFolder(),
          onPut: () => void put(),
          onOpen: open,
          onRename: (entry: IEntry) => void rename(entry),
          onMenu: (entry: IEntry, x: number, y: number) => {
            chosen = entry;
            menu.open(x, y);
          },
          trans
        })
    });
  }
};
