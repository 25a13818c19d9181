import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import {
  ICommandPalette,
  InputDialog,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Widget } from '@lumino/widgets';

import type { IBundle } from '../api/bundles';
import { ipfsIcon } from '../components/icons';
import { JobFailed } from '../models/jobs';
import { plainText } from '../models/plainText';
import { VerdictsModel } from '../models/verdicts';
import { IJobs, IWallet } from '../tokens';
import type { BundleTab } from '../widgets/bundle';
import { CellBadges } from '../widgets/cellBadges';
import { loadPart } from '../widgets/loadPart';
import { runWithConsent } from '../widgets/runOrAsk';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { addTab } from './tabs';

/** Files that may hold a shared notebook. */
const SHARE_FILE = /\.(car|zip)$/i;

/** How many files that were left out of a copy are named. */
const MAX_NAMED = 5;

/**
 * Opens notebooks that were shared: what they say, what of them is intact, and how they run here.
 */
export const bundles: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:bundles',
  description: 'Opens, checks and reproduces shared notebooks.',
  autoStart: true,
  requires: [IJobs],
  optional: [
    IWallet,
    IFileBrowserFactory,
    ITranslator,
    ICommandPalette,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobs,
    wallet: IWallet | null,
    fileBrowsers: IFileBrowserFactory | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { commands, shell } = app;
    const { contents, serverSettings } = app.serviceManager;
    const verdicts = new VerdictsModel();
    const tracker = new WidgetTracker<BundleTab>({
      namespace: 'jupyter-ipfs-bundle'
    });

    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (
        panel: Widget,
        context: DocumentRegistry.IContext<DocumentRegistry.IModel>
      ): IDisposable => new CellBadges(panel, context, verdicts, trans)
    });

    const host = {
      jobs,
      wallet,
      verdicts,
      openCopy,
      openNotebook: async (path: string): Promise<void> => {
        const isReadOnly = path.startsWith('ipfs:');
        await commands.execute('docmanager:open', {
          path,
          factory: 'Notebook',
          // What is read-only is read, not run; and a copy runs nothing by itself.
          kernelPreference: {
            shouldStart: false,
            canStart: !isReadOnly
          }
        });
      },
      openFiles: (path: string): void =>
        void commands.execute(CommandIDs.preview, { path, kind: 'directory' }),
      openBundle: (path: string, title: string): void =>
        void commands.execute(CommandIDs.openBundle, { path, title }),
      send: (cid: string, title: string): void => {
        if (commands.hasCommand(CommandIDs.send)) {
          const path = `/ipfs/${cid}`;
          void commands.execute(CommandIDs.send, { path, cid, title });
        }
      }
    };

    commands.addCommand(CommandIDs.openBundle, {
      label: args =>
        args['isPalette']
          ? trans.__('Open a Shared Notebook…')
          : trans.__('Open the Share'),
      caption: trans.__(
        'See what is intact and who signed it, before anything is written or run'
      ),
      icon: args => (args['isPalette'] ? undefined : ipfsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('A CID, a path or a name')
            },
            title: { type: 'string', description: trans.__('What to call it') }
          }
        }
      },
      execute: async args => {
        const { path } = args;
        if (typeof path === 'string') {
          await show(path);
          return;
        }
        const answer = await InputDialog.getText({
          title: trans.__('Open a shared notebook'),
          label: trans.__('Paste its link, its CID or its name'),
          okLabel: trans.__('Open')
        });
        if (answer.button.accept && answer.value) {
          // The box fetches what is not here, and asks where to look.
          await commands.execute(
            commands.hasCommand(CommandIDs.open)
              ? CommandIDs.open
              : CommandIDs.openBundle,
            { path: answer.value.trim() }
          );
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.openBundle,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });

    commands.addCommand(CommandIDs.openShareFile, {
      label: trans.__('Open the Share'),
      caption: trans.__(
        'Take in what is in the file, each block checked, and show what it is; nothing runs'
      ),
      icon: ipfsIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'A .car or .zip file of the workspace; by default what is selected'
              )
            }
          }
        }
      },
      isVisible: args => typeof args['path'] === 'string' || chosen() !== null,
      execute: async args => {
        const path = typeof args['path'] === 'string' ? args['path'] : chosen();
        if (path !== null) {
          await told(trans.__('The share could not be opened'), async () => {
            const result = await takeIn(path);
            if (typeof result?.['root'] === 'string') {
              await show(`/ipfs/${result['root']}`);
            }
          });
        }
      }
    });

    void restorer?.restore(tracker, {
      command: CommandIDs.openBundle,
      args: ({ model: { path } }) => ({ path }),
      name: ({ model: { path } }) => path
    });

    async function takeIn(
      path: string
    ): Promise<Readonly<Record<string, unknown>> | null> {
      try {
        return await runWithConsent(
          jobs,
          'open-bundle',
          { path },
          serverSettings,
          trans,
          path
        );
      } catch (error) {
        if (error instanceof JobFailed) {
          // The dialog says why.
          await jobs.dismiss(error.job.id);
        }
        throw error;
      }
    }

    async function show(path: string): Promise<void> {
      const part = await loadPart(() => import('../widgets/bundle'), trans);
      const known = tracker.find(tab => tab.model.path === path);
      if (known) {
        shell.activateById(known.id);
        return;
      }
      if (part === null) {
        return;
      }
      const tab = new part.BundleTab(
        new part.BundleModel(path, serverSettings, jobs),
        host,
        serverSettings,
        trans
      );
      addTab(shell, tab);
      await tracker.add(tab);
    }

    /** The file that is selected, if it is one that may hold a share. */
    function chosen(): string | null {
      const browser = fileBrowsers?.tracker.currentWidget ?? null;
      const items = browser === null ? [] : Array.from(browser.selectedItems());
      const [item] = items;
      return items.length === 1 &&
        item.type !== 'directory' &&
        SHARE_FILE.test(item.path) &&
        ['', 'RTC'].includes(contents.driveName(item.path))
        ? contents.localPath(item.path)
        : null;
    }

    async function openCopy(bundle: IBundle): Promise<void> {
      const to = await chooseFolder();
      if (to === null) {
        return;
      }
      const args = { path: bundle.root, to };
      const result = await jobs.run('copy-bundle', args, bundle.title);
      const { notebook, path, skipped } = result;
      void fileBrowsers?.tracker.currentWidget?.model.refresh();
      if (typeof notebook === 'string') {
        verdicts.link(notebook, bundle.payload);
        await host.openNotebook(notebook);
      }
      const left = Object.entries((skipped ?? {}) as Record<string, unknown>);
      const place = plainText(path, 120) ?? '';
      const names = left
        .slice(0, MAX_NAMED)
        .map(
          ([name, why]) =>
            `${plainText(name, 60) ?? ''} (${plainText(why, 120) ?? ''})`
        );
      Notification.emit(
        left.length > 0
          ? trans._n(
              'A copy is in %2. %1 file was left out: %3',
              'A copy is in %2. %1 files were left out: %3',
              left.length,
              place,
              names.join('; ')
            )
          : trans.__('A copy is in %1', place),
        left.length > 0 ? 'warning' : 'success',
        { autoClose: left.length > 0 ? false : 8000 }
      );
    }

    async function chooseFolder(): Promise<string | null> {
      const browser = fileBrowsers?.tracker.currentWidget ?? null;
      if (browser === null) {
        return '';
      }
      const { button, value } = await FileDialog.getExistingDirectory({
        manager: browser.model.manager,
        title: trans.__('In which folder to put the copy'),
        label: trans.__(
          'It gets a new folder in there; nothing is overwritten.'
        )
      });
      if (!button.accept) {
        return null;
      }
      const folder = value?.[0]?.path ?? '';
      return contents.localPath(folder);
    }
  }
};
