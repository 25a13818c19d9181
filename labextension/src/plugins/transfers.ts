import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  showErrorMessage
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Transfers } from '../components/Transfers';
import { keptText, reachText } from '../components/reach';
import { chosenFiles, walkEntries } from '../models/drop';
import { problemOf } from '../models/problem';
import { TransfersModel } from '../models/transfers';
import { UploadsModel } from '../models/uploads';
import type { IPanelSection } from '../tokens';
import { IJobs, INodeStatus, IPanel } from '../tokens';
import { chooseFromDesktop } from '../widgets/chooser';
import { CONSENT_REQUIRED, askToAnnounce } from '../widgets/consent';
import { DropTarget } from '../widgets/dropTarget';

namespace CommandIDs {
  export const chooseFiles = 'ipfs:choose-files';
  export const chooseFolder = 'ipfs:choose-folder';
  /** Of the plugin that stores what the workspace has. */
  export const storePaths = 'ipfs:store-paths';
  /** Of the plugin that lists what is stored. */
  export const showItem = 'ipfs:show-item';
}

const SECTION = 'transfers';

/**
 * Files dropped on the sidebar or chosen, and how far they and the server's jobs have come.
 */
export const transfers: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:transfers',
  description: 'Stores files from the desktop, and shows what is under way.',
  autoStart: true,
  requires: [IPanel, IJobs],
  optional: [INodeStatus, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    jobs: IJobs,
    node: INodeStatus | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const settings = app.serviceManager.serverSettings;
    const uploads = new UploadsModel(settings, jobs);
    const model = new TransfersModel(jobs, uploads);
    const state = (): INodeStatus['state'] =>
      node?.state ?? { kind: 'checking' };

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
              kept: keptText(state(), trans),
              copy: text => Clipboard.copyToSystem(text),
              onShow: showItem,
              onRetry: key => void tell(retry(key)),
              onDismiss: key => void tell(model.dismiss(key)),
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
      label: () => trans.__('Drop to store %1', reachText(state(), trans)),
      onFiles: entries => {
        panel.reveal();
        void uploads.start((signal, onFound) =>
          walkEntries(entries, signal, onFound)
        );
      },
      onPaths: paths =>
        void app.commands.execute(CommandIDs.storePaths, { paths: [...paths] })
    });

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
          void tell(retry(key));
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
            reachText(state(), trans)
          ),
        icon: kind === 'files' ? fileUploadIcon : folderIcon,
        describedBy: { args: { type: 'object', properties: {} } },
        execute: async () => {
          const files = await chooseFromDesktop(kind);
          if (files.length > 0) {
            panel.reveal();
            void uploads.start(() => Promise.resolve(chosenFiles(files)));
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
      const needsConsent =
        error?.kind === 'refused' && error.code === CONSENT_REQUIRED;
      if (!needsConsent || (await askToAnnounce(settings, trans))) {
        await model.retry(key);
      }
    }

    function showItem(root: string): void {
      if (app.commands.hasCommand(CommandIDs.showItem)) {
        void app.commands.execute(CommandIDs.showItem, { root });
      } else {
        panel.reveal('items');
      }
    }

    async function tell(work: Promise<void>): Promise<void> {
      try {
        await work;
      } catch (error) {
        const { message, hint } = problemOf(error);
        await showErrorMessage(
          trans.__('That did not work'),
          hint === null ? message : `${message}\n${hint}`
        );
      }
    }
  }
};
