import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ipfsIcon } from '../components/icons';
import { reachText } from '../components/reach';
import { shortCID } from '../models/cid';
import { JobCancelled, JobFailed } from '../models/jobs';
import { placeOfNode, placeOfResult } from '../models/place';
import { plainText } from '../models/plainText';
import { problemOf } from '../models/problem';
import { storeName } from '../models/storeName';
import { IJobs, INodeStatus, IPanel } from '../tokens';
import { FailureNotes } from '../widgets/failureNotes';
import { ProgressNote } from '../widgets/progressNote';
import { runWithConsent } from '../widgets/runOrAsk';
import { CommandIDs } from './commandIDs';
import { showItem } from './showItem';

/** How long a message with the CID stays before it goes to the notifications. */
const SHOWN_MS = 15_000;

/**
 * Stores files, folders and documents of the workspace: they are on the server already, so
 * nothing of them goes through the browser.
 */
export const store: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:store',
  description: 'Stores files of the workspace with a CID.',
  autoStart: true,
  requires: [IJobs],
  optional: [
    IPanel,
    INodeStatus,
    IFileBrowserFactory,
    ITranslator,
    ICommandPalette
  ],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobs,
    panel: IPanel | null,
    node: INodeStatus | null,
    fileBrowsers: IFileBrowserFactory | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { contents, serverSettings } = app.serviceManager;
    const reach = (): string =>
      reachText(node === null ? null : placeOfNode(node.state), trans);
    const failures = new FailureNotes(jobs);
    node?.changed.connect(() => {
      // Their labels name the reach.
      app.commands.notifyCommandChanged(CommandIDs.storeSelected);
      app.commands.notifyCommandChanged(CommandIDs.storeDocument);
    });

    app.commands.addCommand(CommandIDs.storeSelected, {
      label: args =>
        args['isPalette']
          ? trans.__('Store Selected Files with a CID, %1', reach())
          : trans.__('Store with a CID, %1', reach()),
      caption: () =>
        trans.__('Keep what is selected %1 and give it a CID', reach()),
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
      isVisible: () => selectedPaths().length > 0,
      isEnabled: () => selectedPaths().length > 0,
      execute: () => storePaths(selectedPaths())
    });

    app.commands.addCommand(CommandIDs.storeDocument, {
      label: args =>
        args['isPalette']
          ? trans.__('Store This Document with a CID, %1', reach())
          : args['toolbar']
            ? ''
            : trans.__('Store with a CID, %1', reach()),
      caption: () => trans.__('Save, keep %1 and give it a CID', reach()),
      icon: args => (args['isPalette'] ? undefined : ipfsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isPalette: {
              type: 'boolean',
              description: trans.__('Whether the command palette shows it')
            },
            toolbar: {
              type: 'boolean',
              description: trans.__('Whether a toolbar shows it')
            }
          }
        }
      },
      isEnabled: () => currentDocument() !== null,
      execute: async () => {
        const context = currentDocument()?.context;
        if (context === undefined) {
          return;
        }
        if (context.model.dirty && !context.model.readOnly) {
          await context.save();
        }
        await storePaths([context.path]);
      }
    });

    app.commands.addCommand(CommandIDs.storePaths, {
      label: trans.__('Store Files of the Workspace with a CID'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            paths: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__('The files and folders to store')
            }
          },
          required: ['paths']
        }
      },
      execute: async args => {
        const paths = args['paths'];
        if (Array.isArray(paths)) {
          await storePaths(
            paths.filter(
              (path): path is string =>
                typeof path === 'string' && isInWorkspace(path)
            )
          );
        }
      }
    });

    for (const command of [
      CommandIDs.storeSelected,
      CommandIDs.storeDocument
    ]) {
      palette?.addItem({
        command,
        category: trans.__('IPFS'),
        args: { isPalette: true }
      });
    }

    /** Whether a path is a file of the server's, and not of a drive such as `ipfs:`. */
    function isInWorkspace(path: string): boolean {
      // `RTC:` is the workspace too, edited together.
      return ['', 'RTC'].includes(contents.driveName(path));
    }

    function selectedPaths(): string[] {
      const browser = fileBrowsers?.tracker.currentWidget ?? null;
      if (browser === null) {
        return [];
      }
      const paths = Array.from(browser.selectedItems(), ({ path }) => path);
      return paths.every(isInWorkspace) ? paths : [];
    }

    function currentDocument(): DocumentWidget | null {
      const widget = app.shell.currentWidget;
      return widget instanceof DocumentWidget &&
        isInWorkspace(widget.context.path)
        ? widget
        : null;
    }

    /** Store as one root, and say how it went. Never rejects. */
    async function storePaths(paths: readonly string[]): Promise<void> {
      if (paths.length === 0) {
        return;
      }
      const local = paths.map(path => contents.localPath(path));
      const name = local.length === 1 ? PathExt.basename(local[0]) : null;
      const title =
        plainText(name, 60) ?? trans._n('%1 item', '%1 items', local.length);
      const note = new ProgressNote(trans.__('Storing %1 %2…', title, reach()));
      try {
        const args = { paths: local, name: storeName(name) };
        const result = await runWithConsent(
          jobs,
          'store',
          args,
          serverSettings,
          trans,
          title
        );
        failures.dismiss(title);
        await (result === null ? note.drop() : tellStored(note, title, result));
      } catch (error) {
        await tellFailure(note, title, error);
      }
    }

    function tellStored(
      note: ProgressNote,
      title: string,
      result: Readonly<Record<string, unknown>>
    ): Promise<void> {
      const root = String(result['root']);
      return note.end(
        'success',
        result['unchanged'] === true && result['blocks'] === 0
          ? trans.__('%1: stored already, as %2', title, shortCID(root))
          : trans.__(
              '%1: stored %2, as %3',
              title,
              reachText(placeOfResult(result), trans),
              shortCID(root)
            ),
        {
          autoClose: SHOWN_MS,
          actions: [
            {
              label: trans.__('Copy CID'),
              caption: root,
              callback: event => {
                // What was copied can still be shown.
                event.preventDefault();
                Clipboard.copyToSystem(root);
              }
            },
            {
              label: trans.__('Show'),
              caption: trans.__('Show it in the IPFS sidebar'),
              callback: () => showItem(app, panel, root)
            }
          ]
        }
      );
    }

    function tellFailure(
      note: ProgressNote,
      title: string,
      error: unknown
    ): Promise<void> {
      if (error instanceof JobCancelled) {
        const message = trans.__('%1: not stored, since cancelled', title);
        return note.end('info', message, { autoClose: SHOWN_MS });
      }
      failures.add(
        title,
        note,
        error instanceof JobFailed ? error.job.id : null
      );
      if (error instanceof JobFailed && panel !== null) {
        // Its line in the sidebar says why.
        return note.end('error', trans.__('%1 was not stored', title), {
          autoClose: false,
          actions: [
            {
              label: trans.__('Show'),
              caption: trans.__('Show why, in the IPFS sidebar'),
              callback: () => panel.reveal('transfers')
            }
          ]
        });
      }
      const { message, hint } = problemOf(error);
      const texts = [trans.__('%1 was not stored: %2', title, message), hint];
      return note.end(
        'error',
        texts.filter(text => text !== null && text !== '').join('. '),
        { autoClose: false }
      );
    }
  }
};
