import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { IItem } from '../api/items';
import { FirstUse } from '../components/FirstUse';
import { Holdings } from '../components/Holdings';
import { ItemsModel, rowKey } from '../models/items';
import { asArgs, itemTarget } from '../models/target';
import {
  IItemMenu,
  IJobs,
  INodeStatus,
  IPanel,
  IServerEvents
} from '../tokens';
import { ItemMenu } from '../widgets/itemMenu';
import { CommandIDs, ITEM_MENU } from './commandIDs';
import { addItemCommands } from './itemCommands';

/** The panel's settings, which are ours too. */
const SETTINGS = 'jupyter-ipfs:panel';

/** How many targets are remembered. */
const MAX_TARGETS = 8;

/**
 * What is stored, in the sidebar, and what can be done with it.
 */
export const items: JupyterFrontEndPlugin<IItemMenu> = {
  id: 'jupyter-ipfs:items',
  description: 'Lists what is stored in IPFS.',
  autoStart: true,
  provides: IItemMenu,
  requires: [IPanel, IServerEvents, IJobs, INodeStatus],
  optional: [ITranslator, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    events: IServerEvents,
    jobs: IJobs,
    node: INodeStatus,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    settingRegistry: ISettingRegistry | null
  ): IItemMenu => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { commands } = app;
    const model = new ItemsModel(app.serviceManager.serverSettings);
    model.isWatched = panel.isShown;
    panel.shownChanged.connect((_, isShown) => {
      // What happened while nobody listened was not heard.
      model.invalidate();
      model.isWatched = isShown;
    });
    events.repoChanged.connect(() => model.invalidate());
    events.configChanged.connect(() => model.invalidate());

    let targets: readonly string[] = [];
    void settingRegistry?.load(SETTINGS).then(settings => {
      const apply = (): void => {
        const { composite } = settings.get('targets');
        targets = Array.isArray(composite) ? composite.map(String) : [];
      };
      settings.changed.connect(apply);
      apply();
    });

    const ids = addItemCommands({
      app,
      model,
      jobs,
      node,
      trans,
      targets: () => targets,
      rememberTarget: target => {
        // An address may hold a password; those are not remembered.
        if (!target.includes('@')) {
          const others = targets.filter(each => each !== target);
          targets = [target, ...others].slice(0, MAX_TARGETS);
          void settingRegistry?.set(SETTINGS, 'targets', [...targets]);
        }
      }
    });
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('IPFS') });
    }
    const menu = new ItemMenu(commands, ITEM_MENU);
    commands.addCommand(CommandIDs.showItem, {
      label: trans.__('Show What Is Stored'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            root: { type: 'string', description: trans.__('Its CID') }
          },
          required: ['root']
        }
      },
      execute: async args => {
        // All of it, lest a search that was left hides it.
        await model.search({ kind: 'all', query: '' });
        const row = model.rows.find(({ item }) => item?.root === args['root']);
        if (row !== undefined) {
          model.activate(rowKey(row));
        }
        panel.reveal('items');
      }
    });

    panel.addSection({
      id: 'first-use',
      rank: 5,
      changed: model.changed,
      render: () =>
        model.isEmpty === true
          ? React.createElement(FirstUse, {
              onChooseFiles: () =>
                void commands.execute(CommandIDs.chooseFiles),
              onPasteLink: () => panel.reveal('open'),
              onTutorial: () => void commands.execute(CommandIDs.openTutorial),
              trans
            })
          : null
    });
    panel.addSection({
      id: 'items',
      title: trans.__('Stored'),
      rank: 30,
      changed: model.changed,
      render: () =>
        model.isEmpty === true
          ? null
          : React.createElement(Holdings, {
              rows: model.rows,
              isLoaded: model.isLoaded,
              failure: model.failure,
              query: model.query,
              activeKey: model.activeKey,
              onSearch,
              onActivate: row => model.activate(rowKey(row)),
              onOpen: execute(CommandIDs.open),
              onMenu: (item, x, y) => menu.open(itemTarget(item), x, y),
              onUnpin: item => {
                if (item.pinned) {
                  execute(CommandIDs.unpin)(item);
                }
              },
              onRename: item => {
                if (item.names.length > 0) {
                  execute(CommandIDs.rename)(item);
                }
              },
              copiesOf: item => model.copiesOf(item),
              onCopies: execute(CommandIDs.showCopies),
              onReach,
              onRetry: () => void model.refresh(),
              trans
            })
    });
    return menu;

    function onSearch(query: Parameters<ItemsModel['search']>[0]): void {
      void model.search(query);
    }

    function onReach(last: number, first: number): void {
      void model.reach(first, last);
    }

    function execute(command: string): (item: IItem) => void {
      return item => {
        if (commands.hasCommand(command)) {
          void commands.execute(command, asArgs(itemTarget(item)));
        }
      };
    }
  }
};
