import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { FirstUse } from '../components/FirstUse';
import { IPanel } from '../tokens';

/**
 * What is stored, in the sidebar.
 */
export const items: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:items',
  description: 'Lists what is stored in IPFS.',
  autoStart: true,
  requires: [IPanel],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    panel.addSection({
      id: 'first-use',
      rank: 5,
      render: () =>
        React.createElement(FirstUse, {
          onChooseFiles: () => void app.commands.execute('ipfs:choose-files'),
          onPasteLink: () => panel.reveal('open'),
          onTutorial: () => void app.commands.execute('ipfs:open-tutorial'),
          trans
        })
    });
  }
};
