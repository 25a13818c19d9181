import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';

import { INodeStatus } from '../tokens';
import { NotebookCures } from '../widgets/notebookCures';

/**
 * Offers the exact cure where a cell failed since something of ours is not set up.
 */
export const cures: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:cures',
  description: 'Offers a cure where a cell that uses IPFS failed.',
  autoStart: true,
  requires: [INodeStatus],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    node: INodeStatus,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const watched = new WeakSet<ISessionContext>();
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (
        panel: Widget,
        context: DocumentRegistry.IContext<DocumentRegistry.IModel>
      ): IDisposable => {
        // Another view of the same notebook must not offer everything twice.
        if (watched.has(context.sessionContext)) {
          return new DisposableDelegate(() => undefined);
        }
        watched.add(context.sessionContext);
        return new NotebookCures({
          node,
          panel,
          session: context.sessionContext,
          commands: app.commands,
          activate: () => app.shell.activateById(panel.id),
          trans
        });
      }
    });
  }
};
