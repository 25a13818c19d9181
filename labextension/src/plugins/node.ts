import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { ipfsIcon } from '../components/icons';
import { NodeStatusModel } from '../models/nodeStatus';
import { INodeStatus } from '../tokens';
import { showNodeStatus } from '../widgets/statusDialog';
import { StatusItem } from '../widgets/statusItem';
import { CommandIDs } from './commandIDs';

/** The panel's settings, which are ours too. */
const SETTINGS = 'jupyter-ipfs:panel';

/**
 * The node's health, in the status bar and behind a command.
 */
export const node: JupyterFrontEndPlugin<INodeStatus> = {
  id: 'jupyter-ipfs:node',
  description: 'Shows how the IPFS node is and where the bytes are.',
  autoStart: true,
  provides: INodeStatus,
  optional: [ITranslator, ICommandPalette, IStatusBar, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    settingRegistry: ISettingRegistry | null
  ): INodeStatus => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const model = new NodeStatusModel(app.serviceManager.serverSettings);
    const statusShownChanged = new Signal<INodeStatus, void>(model);
    let isStatusShown = true;

    app.commands.addCommand(CommandIDs.showStatus, {
      label: trans.__('Show IPFS Node Status'),
      caption: trans.__('Where your IPFS content is and who could read it'),
      icon: ipfsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await showNodeStatus(model, trans);
      }
    });
    palette?.addItem({
      command: CommandIDs.showStatus,
      category: trans.__('IPFS')
    });
    statusBar?.registerStatusItem('jupyter-ipfs:node', {
      align: 'left',
      rank: 100,
      item: new StatusItem(model, open, trans),
      isActive: () => isStatusShown,
      activeStateChanged: statusShownChanged
    });
    void settingRegistry?.load(SETTINGS).then(settings => {
      const apply = (): void => {
        isStatusShown = settings.get('showStatusItem').composite !== false;
        statusShownChanged.emit();
      };
      settings.changed.connect(apply);
      apply();
    });
    return model;

    function open(): void {
      const { showPanel, showStatus } = CommandIDs;
      if (app.commands.hasCommand(showPanel)) {
        void app.commands.execute(showPanel, { section: 'node' });
      } else {
        void app.commands.execute(showStatus);
      }
    }
  }
};
