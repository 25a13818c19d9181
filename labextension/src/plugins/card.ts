import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { cidCardRendererFactory } from '../widgets/cidCard';
import { CommandIDs } from './commandIDs';

/**
 * The card that shows a CID in a notebook's output.
 */
export const card: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:card',
  description: 'Renders the results of %ipfs as cards.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    // The payload may be anybody's: what it names is looked for here, and not fetched.
    const open = (cid: string): void =>
      void app.commands.execute(CommandIDs.open, {
        path: `/ipfs/${cid}`,
        fetch: false
      });
    registry.addFactory(cidCardRendererFactory(trans, open));
  }
};
