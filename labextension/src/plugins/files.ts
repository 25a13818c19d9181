import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { InputDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  MenuSvg,
  closeIcon,
  editIcon,
  folderIcon,
  launchIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import { getEntries } from '../api/entries';
import type { IItem } from '../api/items';
import { getItems } from '../api/items';
import { Files } from '../components/Files';
import { lastName, parseAddress } from '../models/address';
import { FilesModel } from '../models/mfs';
import { plainText } from '../models/plainText';
import { IPanel, IServerEvents } from '../tokens';
import { askWhatToPut } from '../widgets/putDialog';
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

/** How many of what is stored can be picked from. */
const MAX_PICKED = 100;

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
        void commands.execute(CommandIDs.open, {
          path: `/ipfs/${entry.cid}`,
          title: entry.name
        });
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
      const asked = await askWhatToPut(await storedItems(), trans);
      if (asked === null) {
        return;
      }
      const { source, name } = asked;
      const address = parseAddress(source);
      const path = address.kind === 'problem' ? source : address.path;
      await told(trans.__('It could not be put here'), async () => {
        const { cid } = await getEntries(path, 0, 1, serverSettings);
        await model.put(
          `/ipfs/${cid}`,
          (name || lastName(path)).replace(/\//g, '')
        );
      });
    };

    /** What can be picked; without the list it can still be typed. */
    const storedItems = async (): Promise<readonly IItem[]> => {
      try {
        const query = { kind: 'all', query: '' } as const;
        return (await getItems(query, 0, MAX_PICKED, serverSettings)).items;
      } catch {
        return [];
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
      icon: LabIcon,
      execute: (entry: IEntry) => void | Promise<void>
    ): void => {
      commands.addCommand(id, {
        label,
        icon,
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => chosen !== null,
        execute: async () => {
          if (chosen !== null) {
            await execute(chosen);
          }
        }
      });
    };
    add(CommandIDs.openFile, trans.__('Open'), folderIcon, open);
    add(CommandIDs.renameFile, trans.__('Rename…'), editIcon, rename);
    add(CommandIDs.moveFile, trans.__('Move…'), launchIcon, move);
    add(CommandIDs.removeFile, trans.__('Remove from Here'), closeIcon, entry =>
      model.remove(entry)
    );

    const menu = new MenuSvg({ commands });
    for (const command of MENU) {
      menu.addItem({ command });
    }

    panel.addSection({
      id: 'files',
      title: trans.__('Folders'),
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
