import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import { NodeStatus } from '../components/NodeStatus';
import { INodeStatus, IPanel, IServerEvents } from '../tokens';
import { IpfsPanel } from '../widgets/panel';
import { CommandIDs } from './commandIDs';

/** After core's own sidebars. */
const RANK = 120;

const PLUGIN = 'jupyter-ipfs:panel';

/**
 * The IPFS sidebar; other plugins add its sections.
 */
export const panel: JupyterFrontEndPlugin<IPanel> = {
  id: PLUGIN,
  description: 'The IPFS sidebar.',
  autoStart: true,
  provides: IPanel,
  requires: [IServerEvents],
  optional: [
    INodeStatus,
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    ISettingRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    events: IServerEvents,
    node: INodeStatus | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    settingRegistry: ISettingRegistry | null
  ): IPanel => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const panel = new IpfsPanel(
      () => app.shell.activateById(panel.id),
      () =>
        [
          {
            command: CommandIDs.chooseFiles,
            icon: fileUploadIcon,
            label: trans.__('Store files…')
          },
          {
            command: CommandIDs.chooseFolder,
            icon: folderIcon,
            label: trans.__('Store a folder…')
          }
        ]
          .filter(({ command }) => app.commands.hasCommand(command))
          .map(({ command, ...button }) => ({
            ...button,
            onClick: () => void app.commands.execute(command)
          })),
      trans
    );
    app.shell.add(panel, 'left', { rank: RANK, type: 'IPFS' });
    restorer?.add(panel, panel.id);

    void settingRegistry?.load(PLUGIN).then(settings => {
      const apply = (): void => {
        const { composite } = settings.get('folded');
        panel.fold(Array.isArray(composite) ? composite.map(String) : []);
      };
      settings.changed.connect(apply);
      apply();
      panel.foldedChanged.connect((_, folded) => {
        void settings.set('folded', [...folded]);
      });
    });

    // Nothing else works without the server part.
    const noteMissing = (): void =>
      panel.replaceSections(
        node?.state.kind === 'missing'
          ? {
              id: 'missing',
              rank: 0,
              render: () =>
                React.createElement(
                  'div',
                  { className: 'jp-Ipfs-node' },
                  React.createElement(NodeStatus, { state: node.state, trans })
                )
            }
          : null
      );
    node?.changed.connect(noteMissing);

    // The server is listened to only while somebody can see what it tells.
    let held: IDisposable | null = null;
    panel.shownChanged.connect((_, isShown) => {
      held?.dispose();
      held = isShown ? events.hold() : null;
    });

    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show IPFS'),
      caption: trans.__('Show what is stored in IPFS, in the sidebar'),
      icon: ipfsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            section: {
              type: 'string',
              description: trans.__('The section to go to')
            }
          }
        }
      },
      execute: args => {
        const section = args['section'];
        panel.reveal(typeof section === 'string' ? section : undefined);
      }
    });
    palette?.addItem({
      command: CommandIDs.showPanel,
      category: trans.__('IPFS')
    });
    return panel;
  }
};
