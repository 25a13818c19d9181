import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import { deletePending } from '../api/ocean';
import { ipfsIcon } from '../components/icons';
import { MarketSection, MarketSectionHead } from '../components/MarketSection';
import type { ISavedDraft } from '../models/draft';
import { asSavedDraft } from '../models/draft';
import { isActive } from '../models/jobs';
import { MarketModel } from '../models/market';
import type { IPanelSection } from '../tokens';
import { IDrafts, IJobs, IPanel, IServerEvents, IWallet } from '../tokens';
import { confirmLoss } from '../widgets/itemDialogs';
import { loadPart } from '../widgets/loadPart';
import type { MarketTab } from '../widgets/market';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { addTab } from './tabs';

/** What changes what is offered, or whose it is. */
const MARKET_ACTIONS = new Set([
  'publish',
  'buy',
  'get-asset',
  'edit-asset',
  'asset-state',
  'transfer-asset'
]);

/** How many assets the sidebar asks for. */
const SECTION_PAGE = 4;

/**
 * What is offered on Ocean: a tab, and the newest of it in the sidebar.
 */
export const market: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:market',
  description: 'Finds, buys and downloads assets on Ocean.',
  autoStart: true,
  requires: [IJobs],
  optional: [
    IPanel,
    IServerEvents,
    IWallet,
    IDrafts,
    IFileBrowserFactory,
    ITranslator,
    ICommandPalette,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobs,
    panel: IPanel | null,
    events: IServerEvents | null,
    wallet: IWallet | null,
    drafts: IDrafts | null,
    fileBrowsers: IFileBrowserFactory | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { commands, shell } = app;
    const { contents, serverSettings } = app.serviceManager;
    const tracker = new WidgetTracker<MarketTab>({
      namespace: 'jupyter-ipfs-market'
    });
    // The sidebar looks by itself: that is no reason to start a process.
    const newest = new MarketModel(serverSettings, SECTION_PAGE, false);

    const host = {
      jobs,
      events,
      wallet,
      publish: () => run(CommandIDs.publish),
      folder: (): string | null => {
        const path = fileBrowsers?.tracker.currentWidget?.model.path;
        return path !== undefined &&
          ['', 'RTC'].includes(contents.driveName(path))
          ? contents.localPath(path)
          : null;
      },
      showFile: (path: string): void =>
        run('filebrowser:go-to-path', { path: path.replace(/^\/+/, '') })
    };

    commands.addCommand(CommandIDs.openMarket, {
      label: args =>
        args['isPalette']
          ? trans.__('Open Ocean’s Market')
          : trans.__('Ocean’s Market'),
      caption: trans.__('Find, buy and download what others have published'),
      icon: args => (args['isPalette'] ? undefined : ipfsIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            did: { type: 'string', description: trans.__('The asset to show') }
          }
        }
      },
      execute: async args => {
        const did = typeof args['did'] === 'string' ? args['did'] : null;
        const part = await loadPart(() => import('../widgets/market'), trans);
        const known = tracker.currentWidget;
        if (known !== null) {
          known.go(did);
          shell.activateById(known.id);
          return;
        }
        if (part === null) {
          return;
        }
        const model = new MarketModel(serverSettings);
        model.changed.connect(() => {
          if (model.isLoaded && newest.isAsleep) {
            newest.invalidate();
          }
        });
        const tab = new part.MarketTab(model, serverSettings, host, trans);
        tab.go(did);
        addTab(shell, tab);
        await tracker.add(tab);
      }
    });
    palette?.addItem({
      command: CommandIDs.openMarket,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.openMarket,
      args: ({ did }) => (did === null ? {} : { did }),
      name: () => 'market'
    });

    const invalidate = (): void => {
      newest.invalidate();
      tracker.forEach(tab => tab.invalidate());
    };
    events?.repoChanged.connect(invalidate);
    events?.configChanged.connect(invalidate);
    wallet?.changed.connect(() => newest.invalidate());
    const ended = new Set<string>();
    jobs.changed.connect(() => {
      for (const job of jobs.jobs) {
        if (
          MARKET_ACTIONS.has(job.action) &&
          !isActive(job) &&
          !ended.has(job.id)
        ) {
          ended.add(job.id);
          invalidate();
        }
      }
    });

    if (panel !== null) {
      newest.isWatched = panel.isShown;
      panel.shownChanged.connect((_, isShown) => {
        // What happened while nobody listened was not heard.
        newest.invalidate();
        newest.isWatched = isShown;
      });
      drafts?.changed.connect(() => void newest.refreshPending());
      panel.addSection(section());
    }

    function section(): IPanelSection {
      return {
        id: 'market',
        title: trans.__('Market'),
        rank: 37,
        changed: newest.changed,
        render: () =>
          React.createElement(MarketSection, {
            model: newest,
            drafts: begun(),
            isUnderWay: ({ job }) =>
              jobs.jobs.some(each => each.id === job && isActive(each)),
            onPublish: () => run(CommandIDs.publish),
            onMarket: () => run(CommandIDs.openMarket),
            onOpen: did => run(CommandIDs.openMarket, { did }),
            onDraft: saved => void goOn(saved),
            onDiscard: saved => void discard(saved),
            trans
          }),
        renderHead: () =>
          React.createElement(MarketSectionHead, { model: newest, trans })
      };
    }

    /** What was begun here, and what was broken off elsewhere, such as in a notebook. */
    function begun(): readonly ISavedDraft[] {
      const here = drafts?.drafts ?? [];
      const keys = new Set(here.map(({ draft }) => draft.key));
      const elsewhere = newest.pending
        .filter(({ key }) => !keys.has(key))
        .map(({ key, draft }) =>
          asSavedDraft({ draft: { ...(draft as object), key } })
        )
        .filter(saved => saved !== null);
      return drafts === null ? [] : [...here, ...elsewhere];
    }

    async function goOn(saved: ISavedDraft): Promise<void> {
      const { key } = saved.draft;
      if (drafts?.drafts.every(({ draft }) => draft.key !== key) === true) {
        await drafts.save(saved);
      }
      run(CommandIDs.publish, { key });
    }

    async function discard({
      draft: { key, title }
    }: ISavedDraft): Promise<void> {
      const isSure = await confirmLoss(
        trans.__('Discard “%1”?', title),
        [
          trans.__(
            'What you have filled in is lost. What is on the chain already stays there.'
          )
        ],
        trans.__('Discard'),
        trans
      );
      if (isSure) {
        await told(trans.__('It was not discarded'), async () => {
          if (newest.pending.some(pending => pending.key === key)) {
            await deletePending(key, serverSettings);
          }
          await drafts?.remove(key);
        });
      }
    }

    /** Run a command that may not be there: each plugin may be switched off. */
    function run(command: string, args: { [name: string]: string } = {}): void {
      if (commands.hasCommand(command)) {
        void commands.execute(command, args);
      }
    }
  }
};
