import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ClearEnded, Transfers } from '../components/Transfers';
import { reachText } from '../components/reach';
import { chosenFiles, walkEntries } from '../models/drop';
import { placeOfNode } from '../models/place';
import { TransfersModel } from '../models/transfers';
import { UploadsModel } from '../models/uploads';
import type { IPanelSection } from '../tokens';
import { IJobs, INodeStatus, IPanel } from '../tokens';
import { chooseFromDesktop } from '../widgets/chooser';
import { CONSENT_REQUIRED, askToAnnounce, kuboOf } from '../widgets/consent';
import { DropTarget } from '../widgets/dropTarget';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import {
  addImportCommand,
  askImport,
  isCAR,
  startImports
} from './importCommands';
import { showItem } from './showItem';

const SECTION = 'transfers';

/**
 * Files dropped on the sidebar or chosen, and how far they and the server's jobs have come.
 */
export const transfers: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:transfers',
  description: 'Stores files from the desktop, and shows what is under way.',
  autoStart: true,
  requires: [IPanel, IJobs],
  optional: [INodeStatus, ITranslator, ICommandPalette, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    jobs: IJobs,
    node: INodeStatus | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    fileBrowsers: IFileBrowserFactory | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const settings = app.serviceManager.serverSettings;
    const uploads = new UploadsModel(settings, jobs);
    const model = new TransfersModel(jobs, uploads);
    const reach = (): string =>
      reachText(node === null ? null : placeOfNode(node.state), trans);

    const section: IPanelSection = {
      id: SECTION,
      title: trans.__('Transfers'),
      rank: 20,
      changed: model.changed,
      render: () =>
        model.transfers.length === 0
          ? null
          : React.createElement(Transfers, {
              transfers: model.transfers,
              copy: text => Clipboard.copyToSystem(text),
              onShow: root => showItem(app, panel, root),
              onRetry: key => tell(() => retry(key)),
              onDismiss: key => tell(() => model.dismiss(key)),
              trans
            }),
      renderHead: () =>
        React.createElement(ClearEnded, {
          transfers: model.transfers,
          onClear: () => tell(() => model.dismissEnded()),
          trans
        })
    };
    panel.addSection(section);
    panel.shownChanged.connect((_, isShown) => {
      if (isShown) {
        // Without an answer there is nothing to show; the status says why.
        void jobs.refresh().catch(() => undefined);
      }
    });

    new DropTarget({
      node: panel.node,
      onTab: () => panel.reveal(),
      label: () => trans.__('Drop to store %1', reach()),
      onFiles: entries => {
        panel.reveal();
        void storeOrImport(
          entries.map(({ name, isFile }) => (isFile ? name : '')),
          (signal, onFound) => walkEntries(entries, signal, onFound),
          {
            name: entries.length === 1 ? entries[0].name : null,
            isFolder: entries.some(({ isDirectory }) => isDirectory)
          }
        );
      },
      onPaths: paths =>
        void app.commands.execute(CommandIDs.storePaths, { paths: [...paths] })
    });

    addImportCommand({
      app,
      panel,
      jobs,
      uploads,
      fileBrowsers,
      palette,
      trans
    });

    /** Store what was dropped or chosen; of CAR files alone what is in them may be meant. */
    async function storeOrImport(
      names: readonly string[],
      ...[find, what]: Parameters<UploadsModel['start']>
    ): Promise<void> {
      const isImport = names.every(isCAR)
        ? await askImport(names, trans)
        : false;
      if (isImport === false) {
        await uploads.start(find, what);
      } else if (isImport) {
        const { signal } = new AbortController();
        await startImports(uploads, await find(signal, () => undefined));
      }
    }

    const asked = new Set<string>();
    model.changed.connect(() => {
      for (const { key, state: now, error } of model.transfers) {
        if (now !== 'failed') {
          asked.delete(key);
        } else if (
          error?.kind === 'refused' &&
          error.code === CONSENT_REQUIRED &&
          model.isUpload(key) &&
          !asked.has(key)
        ) {
          asked.add(key);
          tell(() => retry(key));
        }
      }
    });

    window.addEventListener('beforeunload', event => {
      // Jobs go on without this page; what this page sends does not.
      if (uploads.isSending) {
        event.preventDefault();
      }
    });

    function addChooser(
      command: string,
      kind: 'files' | 'folder',
      label: string
    ): void {
      app.commands.addCommand(command, {
        label,
        caption: () =>
          trans.__(
            'Choose what to store %1, from the computer that shows this page',
            reach()
          ),
        icon: kind === 'files' ? fileUploadIcon : folderIcon,
        describedBy: { args: { type: 'object', properties: {} } },
        execute: async () => {
          const files = await chooseFromDesktop(kind);
          if (files.length > 0) {
            panel.reveal();
            void storeOrImport(
              files.map(({ name }) => name),
              () => Promise.resolve(chosenFiles(files)),
              { name: null, isFolder: kind === 'folder' }
            );
          }
        }
      });
      palette?.addItem({ command, category: trans.__('IPFS') });
    }
    addChooser(
      CommandIDs.chooseFiles,
      'files',
      trans.__('Store Files in IPFS…')
    );
    addChooser(
      CommandIDs.chooseFolder,
      'folder',
      trans.__('Store a Folder in IPFS…')
    );

    /** Try again; where it failed for want of agreement, ask for that first. */
    async function retry(key: string): Promise<void> {
      const error = model.transfers.find(row => row.key === key)?.error;
      if (error?.kind !== 'refused' || error.code !== CONSENT_REQUIRED) {
        await model.retry(key);
        return;
      }
      const url = await kuboOf(model.argumentsOf(key), settings);
      if (await askToAnnounce(url, trans)) {
        await model.retry(key, true);
      }
    }

    function tell(act: () => Promise<void>): void {
      void told(trans.__('That did not work'), act);
    }
  }
};
