import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { shareIcon } from '@jupyterlab/ui-components';

import type { SharingModel } from '../models/sharing';
import { IJobs, IWallet } from '../tokens';
import type { ShareNotebookDialog } from '../widgets/shareDialog';
import { askYesOrNo } from '../widgets/itemDialogs';
import { loadPart } from '../widgets/loadPart';
import { codeOf, runRecorded, showCell } from '../widgets/notebookRun';
import { CONSENT_REQUIRED, askToAnnounce, kuboOf } from '../widgets/consent';
import { runOrAsk } from '../widgets/runOrAsk';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';

/**
 * Shares a notebook with what it read, its environment and its outputs.
 */
export const share: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:share',
  description: 'Shares a notebook as one CID.',
  autoStart: true,
  requires: [IJobs],
  optional: [IWallet, IFileBrowserFactory, ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    jobs: IJobs,
    wallet: IWallet | null,
    fileBrowsers: IFileBrowserFactory | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const { commands, shell } = app;
    const { contents, serverSettings } = app.serviceManager;
    let shown: ShareNotebookDialog | null = null;
    const models = new Map<string, SharingModel>();

    commands.addCommand(CommandIDs.shareNotebook, {
      label: args =>
        args['isPalette']
          ? trans.__('Share This Notebook…')
          : args['toolbar']
            ? trans.__('Share')
            : trans.__('Share Notebook…'),
      caption: trans.__(
        'Share the notebook with its data, environment and outputs as one CID that proves itself'
      ),
      icon: args => (args['isPalette'] ? undefined : shareIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'A notebook of the workspace; by default the current one'
              )
            },
            selected: {
              type: 'boolean',
              description: trans.__(
                'Whether to take what the file browser selects'
              )
            },
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
      isVisible: args => args['selected'] !== true || selected() !== null,
      isEnabled: args => pathOf(args) !== null,
      execute: async args => {
        const path = pathOf(args);
        if (path !== null) {
          await told(trans.__('It cannot be shared'), () => show(path));
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.shareNotebook,
      category: trans.__('IPFS'),
      args: { isPalette: true }
    });

    function pathOf(args: Readonly<Record<string, unknown>>): string | null {
      const { path } = args;
      return typeof path === 'string'
        ? path
        : args['selected'] === true
          ? selected()
          : current();
    }

    /** Whether a path is a notebook of the server's, and not of a drive such as `ipfs:`. */
    function isOurs(path: string): boolean {
      return (
        /\.ipynb$/i.test(path) && ['', 'RTC'].includes(contents.driveName(path))
      );
    }

    function current(): string | null {
      const widget = shell.currentWidget;
      return widget instanceof DocumentWidget && isOurs(widget.context.path)
        ? contents.localPath(widget.context.path)
        : null;
    }

    function selected(): string | null {
      const browser = fileBrowsers?.tracker.currentWidget ?? null;
      const items = browser === null ? [] : Array.from(browser.selectedItems());
      return items.length === 1 && isOurs(items[0].path)
        ? contents.localPath(items[0].path)
        : null;
    }

    /** The notebook where it is open. */
    function panelOf(path: string): DocumentWidget | null {
      for (const widget of shell.widgets('main')) {
        if (
          widget instanceof DocumentWidget &&
          isOurs(widget.context.path) &&
          contents.localPath(widget.context.path) === path
        ) {
          return widget;
        }
      }
      return null;
    }

    async function open(path: string): Promise<DocumentWidget> {
      const known = panelOf(path);
      const panel =
        known ??
        ((await commands.execute('docmanager:open', {
          path,
          factory: 'Notebook'
        })) as DocumentWidget);
      await panel.context.ready;
      shell.activateById(panel.id);
      return panel;
    }

    async function save(path: string): Promise<void> {
      const context = panelOf(path)?.context;
      if (context?.model.dirty === true && !context.model.readOnly) {
        await context.save();
      }
    }

    async function show(path: string): Promise<void> {
      if (shown !== null && !shown.isDisposed) {
        return;
      }
      await save(path);
      const part = await loadPart(
        () => import('../widgets/shareDialog'),
        trans
      );
      if (part === null) {
        return;
      }
      const kernel =
        panelOf(path)?.context.sessionContext.session?.kernel?.id ?? null;
      // What was typed for a notebook stays for as long as the page does.
      const model =
        models.get(path) ??
        new part.SharingModel(path, kernel, run, jobs, serverSettings);
      models.set(path, model);
      shown = new part.ShareNotebookDialog(
        model,
        {
          wallet,
          goToCell: id =>
            void open(path).then(panel => {
              showCell(panel, id);
            }),
          record: async () => {
            const { context } = await open(path);
            await runRecorded(
              context.sessionContext,
              codeOf(context.model),
              commands
            );
            await context.save();
            model.ranIn(context.sessionContext.session?.kernel?.id ?? null);
          },
          send: (root, title) => act(CommandIDs.send, root, title),
          serve: (root, title) => act(CommandIDs.serve, root, title),
          download: async file => {
            const link = document.createElement('a');
            link.href = await contents.getDownloadUrl(file);
            link.download = '';
            link.click();
          },
          openBundle: (root, title) =>
            void commands.execute(CommandIDs.openBundle, {
              path: `/ipfs/${root}`,
              title
            })
        },
        serverSettings,
        trans
      );
      shown.disposed.connect(() => model.leave());
      shown.open();
      await model.come(kernel);
    }

    async function act(id: string, cid: string, title: string): Promise<void> {
      if (commands.hasCommand(id)) {
        const path = `/ipfs/${cid}`;
        await commands.execute(id, { path, cid, title });
      }
    }

    /** Run a job, and ask what it has to have asked. */
    function run(
      action: string,
      args: Readonly<Record<string, unknown>>,
      title: string
    ): Promise<Readonly<Record<string, unknown>> | null> {
      const agreement =
        action === 'save-bundle'
          ? {
              code: 'PathExistsError',
              ask: ({ message }: { message: string }) =>
                askYesOrNo(
                  trans.__('Overwrite “%1”?', String(args['to'])),
                  message,
                  trans.__('Overwrite'),
                  trans
                ),
              agreed: { overwrite: true }
            }
          : {
              code: CONSENT_REQUIRED,
              ask: async () =>
                askToAnnounce(await kuboOf(args, serverSettings), trans),
              agreed: { agree: true }
            };
      return runOrAsk(jobs, action, args, agreement, title);
    }
  }
};
