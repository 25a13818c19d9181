import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { launchIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';

import type { ISavedDraft } from '../models/draft';
import { guessKind, newDraft, titleFromName } from '../models/draft';
import { DraftStore } from '../models/draftStore';
import { storeName } from '../models/storeName';
import { IDrafts, IJobs, IWallet } from '../tokens';
import { loadPart } from '../widgets/loadPart';
import type { PublishTab } from '../widgets/publishForm';
import { runWithConsent } from '../widgets/runOrAsk';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { addTab } from './tabs';

/**
 * Publishes what is stored: a form in a tab, its drafts kept.
 */
export const publish: JupyterFrontEndPlugin<IDrafts> = {
  id: 'jupyter-ipfs:publish',
  description: 'Publishes IPFS content on Ocean.',
  autoStart: true,
  provides: IDrafts,
  requires: [IJobs],
  optional: [
    IWallet,
    IStateDB,
    IFileBrowserFactory,
    ITranslator,
    ICommandPalette,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobs,
    wallet: IWallet | null,
    state: IStateDB | null,
    fileBrowsers: IFileBrowserFactory | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): IDrafts => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { commands, shell } = app;
    const { contents, serverSettings } = app.serviceManager;
    const store = new DraftStore(state);
    const loaded = store.load();
    const tracker = new WidgetTracker<PublishTab>({
      namespace: 'jupyter-ipfs-publish'
    });

    const host = {
      jobs,
      wallet,
      openAsset: (did: string): void => {
        if (commands.hasCommand(CommandIDs.openMarket)) {
          void commands.execute(CommandIDs.openMarket, { did });
        }
      }
    };

    commands.addCommand(CommandIDs.publish, {
      label: trans.__('Publish on Ocean…'),
      caption: trans.__(
        'Offer it to others, free or for a price; nothing is signed before you have seen it'
      ),
      icon: args => (args['isPalette'] ? undefined : launchIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'A CID, a path or a name; chosen in the form if absent'
              )
            },
            title: { type: 'string', description: trans.__('What to call it') },
            kind: {
              type: 'string',
              description: trans.__('Such as file or directory')
            },
            key: {
              type: 'string',
              description: trans.__('The draft to go on with')
            }
          }
        }
      },
      execute: async args => {
        await loaded;
        await show(savedFor(args));
      }
    });
    palette?.addItem({
      command: CommandIDs.publish,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });

    commands.addCommand(CommandIDs.publishSelected, {
      label: trans.__('Publish on Ocean…'),
      caption: trans.__(
        'Store what is selected, then offer it to others, free or for a price'
      ),
      icon: launchIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => selectedPaths().length > 0,
      isEnabled: () => selectedPaths().length > 0,
      execute: () =>
        told(trans.__('It could not be stored'), () =>
          storeAndPublish(selectedPaths())
        )
    });

    void restorer?.restore(tracker, {
      command: CommandIDs.publish,
      args: ({ model }) => ({ key: model.form.draft.key }),
      name: ({ model }) => model.form.draft.key
    });
    return store;

    /** The draft that is meant, as it was left; else a new one. */
    function savedFor(args: Readonly<Record<string, unknown>>): ISavedDraft {
      const { key, kind, path, title } = args;
      const known = store.drafts.find(({ draft }) =>
        typeof key === 'string'
          ? draft.key === key
          : typeof path === 'string' && draft.path === path
      );
      if (known !== undefined) {
        return known;
      }
      const name = typeof title === 'string' ? title : '';
      const draft = newDraft(
        UUID.uuid4(),
        typeof path === 'string' ? path : '',
        titleFromName(name),
        guessKind(typeof kind === 'string' ? kind : '', name)
      );
      return { draft: { ...draft, author: store.author }, job: null };
    }

    async function show(saved: ISavedDraft): Promise<void> {
      const part = await loadPart(
        () => import('../widgets/publishForm'),
        trans
      );
      const known = tracker.find(
        ({ model }) => model.form.draft.key === saved.draft.key
      );
      if (known) {
        shell.activateById(known.id);
        return;
      }
      if (part === null) {
        return;
      }
      const tab = new part.PublishTab(
        new part.PublishModel(saved, serverSettings, jobs, store),
        host,
        serverSettings,
        trans
      );
      addTab(shell, tab);
      await tracker.add(tab);
    }

    async function storeAndPublish(paths: readonly string[]): Promise<void> {
      const local = paths.map(path => contents.localPath(path));
      const name = local.length === 1 ? PathExt.basename(local[0]) : null;
      const title = name ?? trans._n('%1 item', '%1 items', local.length);
      const result = await runWithConsent(
        jobs,
        'store',
        { paths: local, name: storeName(name) },
        serverSettings,
        trans,
        title
      );
      if (result !== null) {
        const path = `/ipfs/${String(result['root'])}`;
        await commands.execute(CommandIDs.publish, { path, title });
      }
    }

    /** What is selected in the file browser, if all of it is in the workspace. */
    function selectedPaths(): string[] {
      const browser = fileBrowsers?.tracker.currentWidget ?? null;
      const paths =
        browser === null
          ? []
          : Array.from(browser.selectedItems(), ({ path }) => path);
      // `RTC:` is the workspace too, edited together.
      return paths.every(path => ['', 'RTC'].includes(contents.driveName(path)))
        ? paths
        : [];
    }
  }
};
