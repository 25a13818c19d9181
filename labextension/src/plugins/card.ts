import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { cidCardRendererFactory } from '../widgets/cidCard';

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
    _app: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    registry.addFactory(cidCardRendererFactory(trans));
  }
};
