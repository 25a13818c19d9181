import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  ToolbarButton,
  WidgetTracker,
  showDialog
} from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { IEntry, IListing } from '../api/entries';
import { getEntries } from '../api/entries';
import { OpenBox } from '../components/OpenBox';
import type { IContentAction } from '../components/Preview';
import { lastName, parseAddress, titleOf } from '../models/address';
import { OpeningModel } from '../models/opening';
import { plainText } from '../models/plainText';
import { RECOGNISED_BY, looksShared } from '../models/recognised';
import { IItemMenu, IJobs, IPanel } from '../tokens';
import { addGateway, askSource } from '../widgets/askPlace';
import { loadPart } from '../widgets/loadPart';
import type { PreviewTab } from '../widgets/preview';
import { showProblem, told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { stayClean } from './stayClean';
import { addTab } from './tabs';

/** Commands of other parts that a tab offers, if they are there. */
const OFFERED = [CommandIDs.openCopy, CommandIDs.download, CommandIDs.inspect];

const RANK = 10;

/**
 * The box for links, and the tabs that show what they lead to.
 */
export const open: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:open',
  description: 'Opens a CID, a link or a name, fetching it if need be.',
  autoStart: true,
  optional: [
    ITranslator,
    ICommandPalette,
    IPanel,
    IJobs,
    IItemMenu,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    panel: IPanel | null,
    jobs: IJobs | null,
    menu: IItemMenu | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { commands, serviceManager, shell } = app;
    const { serverSettings } = serviceManager;
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const model = new OpeningModel(serverSettings, jobs);
    const tracker = new WidgetTracker<PreviewTab>({
      namespace: 'jupyter-ipfs-preview'
    });

    const host = {
      actions: (entry: IEntry): readonly IContentAction[] => {
        const { path, cid, kind } = entry;
        const args = { path, cid, kind, title: lastName(path) };
        const offered = OFFERED.filter(id => commands.hasCommand(id)).map(
          id => ({
            label: commands.label(id, args),
            caption: commands.caption(id, args),
            run: () => void commands.execute(id, args)
          })
        );
        if (kind === 'notebook') {
          offered.unshift({
            label: trans.__('Open read-only'),
            caption: trans.__('Open the notebook; nothing in it runs'),
            run: () => void openNotebook(path)
          });
        }
        return offered;
      },
      keep: async (entry: IEntry, title: string): Promise<void> => {
        const { path, cid, kind } = entry;
        await commands.execute(CommandIDs.keep, { path, cid, kind, title });
      },
      open: (entry: Pick<IEntry, 'path' | 'kind'>): void => {
        void show(entry, null);
      },
      nameOf: (path: string): string | null =>
        tracker.find(tab => tab.model.path === path)?.model.title ?? null,
      openMenu: (entry: IEntry, x: number, y: number): void => {
        const { path, cid, kind } = entry;
        menu?.open({ path, cid, kind, title: lastName(path) }, x, y);
      }
    };

    /** Open what is known to be here in the way that fits. */
    async function show(
      entry: IListing | Pick<IEntry, 'path' | 'kind'>,
      title: string | null
    ): Promise<void> {
      if (entry.kind === 'notebook') {
        await openNotebook(entry.path);
      } else if (
        'entries' in entry &&
        looksShared(entry) &&
        commands.hasCommand(CommandIDs.openBundle)
      ) {
        await commands.execute(CommandIDs.openBundle, {
          path: entry.path,
          title
        });
      } else {
        await commands.execute(CommandIDs.preview, {
          path: entry.path,
          kind: entry.kind,
          title
        });
      }
    }

    // What is read-only can be made one's own; the toolbar is where one looks for that.
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (notebook, context) => {
        const { path } = context;
        if (
          !path.startsWith('ipfs:') ||
          !(notebook instanceof DocumentWidget)
        ) {
          return;
        }
        const target = `/ipfs/${path.slice('ipfs:'.length)}`;
        const button = new ToolbarButton({
          label: trans.__('Open Copy in Workspace'),
          tooltip: trans.__(
            'Write a copy into the workspace, where it can be changed and run'
          ),
          onClick: () => {
            if (commands.hasCommand(CommandIDs.openCopy)) {
              void commands.execute(CommandIDs.openCopy, { path: target });
            }
          }
        });
        notebook.toolbar.insertItem(0, 'ipfs-open-copy', button);
        void context.ready.then(() => stayClean(context.model));
        return button;
      }
    });

    async function openNotebook(path: string): Promise<void> {
      await commands.execute('docmanager:open', {
        path: `ipfs:${path.replace(/^\/ipfs\//, '')}`,
        factory: 'Notebook',
        // It is read, not run; and a kernel that starts would change it.
        kernelPreference: { shouldStart: false, canStart: false }
      });
    }

    /** Open whatever somebody asked for; what is not here goes through the box. */
    async function find(
      text: string,
      title: string | null,
      mayFetch: boolean
    ): Promise<void> {
      const address = parseAddress(text);
      if (address.kind !== 'problem') {
        try {
          const listing = await getEntries(
            address.path,
            0,
            RECOGNISED_BY,
            serverSettings
          );
          await show(listing, title ?? titleOf(text));
          return;
        } catch {
          // The box asks once more and says why.
        }
      }
      model.text = text;
      panel?.reveal('open');
      await openText(mayFetch);
      if (panel === null && model.state.kind === 'failed') {
        await showProblem(
          trans.__('It could not be opened'),
          model.state.problem
        );
      }
    }

    async function openText(mayFetch = true): Promise<void> {
      const { text } = model;
      const listing = await model.open(mayFetch);
      if (listing !== null) {
        await show(listing, titleOf(text));
      }
    }

    async function askGateway(url: string): Promise<void> {
      const name = plainText(url) ?? '';
      const answer = await showDialog({
        title: trans.__('Ask %1?', name),
        body: trans.__(
          '%1 would learn which CID you look for, and this server’s address. It is asked from now on for whatever is not here, until you remove it: in this sidebar, under “Where it is kept”, at “Where to look for what is not here”. What it sends is checked against the CID.',
          name
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Do not ask') }),
          Dialog.okButton({ label: trans.__('Ask %1', name) })
        ]
      });
      if (!answer.button.accept) {
        return;
      }
      const isAdded = await told(
        trans.__('The gateway could not be added'),
        () => addGateway(url, serverSettings)
      );
      if (isAdded) {
        await openText();
      }
    }

    async function lookElsewhere(): Promise<void> {
      if (await askSource(serverSettings, trans)) {
        await openText();
      }
    }

    async function openCAR(): Promise<void> {
      if (
        commands.hasCommand(CommandIDs.importCAR) &&
        (await commands.execute(CommandIDs.importCAR)) === true
      ) {
        await openText();
      }
    }

    commands.addCommand(CommandIDs.open, {
      label: args =>
        args['isPalette'] ? trans.__('Open a CID or Link…') : trans.__('Open'),
      caption: trans.__('Open a CID, an ipfs:// or a gateway link, or a name'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('What to open; asked for if absent')
            },
            title: {
              type: 'string',
              description: trans.__('What to call it')
            },
            fetch: {
              type: 'boolean',
              description: trans.__(
                'Whether to ask others for what is not here'
              )
            }
          }
        }
      },
      execute: async args => {
        const { path, title } = args;
        if (typeof path === 'string') {
          const name = typeof title === 'string' ? title : null;
          await find(path, name, args['fetch'] !== false);
          return;
        }
        const answer = await InputDialog.getText({
          title: trans.__('Open from IPFS'),
          label: trans.__(
            'Paste a CID, an ipfs:// or a gateway link, or a name'
          ),
          okLabel: trans.__('Open')
        });
        if (answer.button.accept && answer.value) {
          await find(answer.value, null, true);
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.open,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });

    commands.addCommand(CommandIDs.preview, {
      label: trans.__('Preview'),
      caption: trans.__('Show it in a tab; nothing in it is active'),
      describedBy: {
        args: {
          type: 'object',
          required: ['path'],
          properties: {
            path: { type: 'string', description: trans.__('What to show') },
            kind: { type: 'string', description: trans.__('What it is') },
            title: { type: 'string', description: trans.__('What to call it') }
          }
        }
      },
      execute: async args => {
        const { path, kind, title } = args;
        if (typeof path !== 'string') {
          return;
        }
        const part = await loadPart(() => import('../widgets/preview'), trans);
        const known = tracker.find(tab => tab.model.path === path);
        if (known) {
          shell.activateById(known.id);
          return;
        }
        if (part === null) {
          return;
        }
        const tab = new part.PreviewTab(
          new part.ContentModel(
            path,
            typeof title === 'string' ? title : null,
            serverSettings
          ),
          typeof kind === 'string' ? kind : 'file',
          host,
          trans
        );
        addTab(shell, tab);
        await tracker.add(tab);
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.preview,
      args: ({ kind, model: { path, title } }) => ({ path, kind, title }),
      name: tab => tab.model.path
    });

    panel?.addSection({
      id: 'open',
      rank: RANK,
      changed: model.changed,
      render: () =>
        React.createElement(OpenBox, {
          model,
          onOpen: () => void openText(),
          onShow: (listing: IListing) =>
            void show(listing, titleOf(model.text)),
          onAskGateway: (url: string) => void askGateway(url),
          onLookElsewhere: () => void lookElsewhere(),
          onOpenCAR: () => void openCAR(),
          trans
        })
    });
  }
};
