import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { APIError } from '../api/request';
import { createTutorial } from '../api/tutorial';
import { ipfsIcon } from '../components/icons';
import { LIST_COMMANDS } from '../components/NodeStatus';
import { problemOf } from '../models/problem';
import type { IProblem } from '../models/problem';
import { showProblem } from '../widgets/told';
import { CommandIDs } from './commandIDs';

/**
 * A launcher card that opens a fresh copy of the tutorial.
 */
export const tutorial: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:tutorial',
  description: 'Opens a copy of the IPFS tutorial.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const category = trans.__('IPFS');

    /** The copy that this page opened last. */
    let last: string | null = null;

    app.commands.addCommand(CommandIDs.openTutorial, {
      label: args =>
        args['isPalette']
          ? trans.__('Open IPFS Tutorial')
          : trans.__('IPFS tutorial'),
      caption: trans.__('Open a fresh copy of the IPFS tutorial'),
      icon: args => (args['isPalette'] ? undefined : ipfsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isPalette: {
              type: 'boolean',
              description: trans.__('Whether the command palette shows it')
            }
          }
        }
      },
      execute: async () => {
        try {
          const { serverSettings } = app.serviceManager;
          const path =
            last !== null && isOpen(app.shell, last)
              ? last
              : await createTutorial(serverSettings);
          last = path;
          await app.commands.execute('docmanager:open', { path });
        } catch (error) {
          await showProblem(
            trans.__('The tutorial could not be opened'),
            problemIn(error)
          );
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.openTutorial,
      category,
      args: { isPalette: true }
    });
    launcher?.add({ command: CommandIDs.openTutorial, category, rank: 1 });

    function problemIn(error: unknown): Pick<IProblem, 'message' | 'hint'> {
      if (error instanceof APIError && error.isMissing) {
        const message = trans.__(
          'This Jupyter server does not have the server part of jupyter_ipfs. In a terminal on the server, look whether “%1” and “%2” list it as enabled.',
          ...LIST_COMMANDS
        );
        return { message, hint: null };
      }
      return problemOf(error);
    }
  }
};

/** Whether a tab shows a document. */
function isOpen(shell: JupyterFrontEnd.IShell, path: string): boolean {
  return Array.from(shell.widgets('main')).some(widget => {
    const { context } = widget as { context?: IDocumentWidget['context'] };
    return context?.path === path;
  });
}
