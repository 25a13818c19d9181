import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ipfsIcon } from '../components/icons';
import { NodeStatusModel } from '../models/nodeStatus';
import { INodeStatus } from '../tokens';
import { showNodeStatus } from '../widgets/statusDialog';
import { StatusItem } from '../widgets/statusItem';

namespace CommandIDs {
  export const showStatus = 'ipfs:show-status';
}

/**
 * The node's health, in the status bar and behind a command.
 */
export const node: JupyterFrontEndPlugin<INodeStatus> = {
  id: 'jupyter-ipfs:node',
  description: 'Shows how the IPFS node is and where the bytes are.',
  autoStart: true,
  provides: INodeStatus,
  optional: [ITranslator, ICommandPalette, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null
  ): INodeStatus => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const model = new NodeStatusModel(app.serviceManager.serverSettings);

    app.commands.addCommand(CommandIDs.showStatus, {
      label: trans.__('Show IPFS Node Status'),
      caption: trans.__('Where your IPFS content is and who could read it'),
      icon: ipfsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        void model.refresh();
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
      item: new StatusItem(
        model,
        () => void app.commands.execute(CommandIDs.showStatus),
        trans
      )
    });
    return model;
  }
};
