import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ipfsIcon } from '../components/icons';
import type { IPicked } from '../models/drop';
import { chosenFiles } from '../models/drop';
import { plainText } from '../models/plainText';
import type { UploadsModel } from '../models/uploads';
import type { IJobs, IPanel } from '../tokens';
import { chooseFromDesktop } from '../widgets/chooser';
import { runWithConsent } from '../widgets/runOrAsk';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import { showItem } from './showItem';

/** What the command works with. */
export interface IImportContext {
  readonly app: JupyterFrontEnd;
  readonly panel: IPanel;
  readonly jobs: IJobs;
  readonly uploads: UploadsModel;
  readonly fileBrowsers: IFileBrowserFactory | null;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}

/** Whether a file is a CAR, by its name. */
export function isCAR(name: string): boolean {
  return /\.car$/i.test(name);
}

/**
 * Register the command that takes CAR files in: those selected, one of the workspace, or one
 * from the desktop. It gives whether one was taken in.
 */
export function addImportCommand(context: IImportContext): void {
  const { app, fileBrowsers, jobs, palette, panel, trans, uploads } = context;
  const settings = app.serviceManager.serverSettings;
  app.commands.addCommand(CommandIDs.importCAR, {
    label: args =>
      args['selected']
        ? trans.__('Import CAR')
        : trans.__('Import a CAR File…'),
    caption: trans.__(
      'Keep what is in the CAR file; each block of it is checked'
    ),
    icon: args => (args['selected'] ? ipfsIcon : undefined),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('A CAR file of the workspace')
          },
          selected: {
            type: 'boolean',
            description: trans.__(
              'Whether to take what the file browser selects'
            )
          }
        }
      }
    },
    isVisible: args => args['selected'] !== true || selected().length > 0,
    execute: async args => {
      if (typeof args['path'] === 'string') {
        return importPaths([args['path']]);
      }
      return args['selected'] === true ? importPaths(selected()) : choose();
    }
  });
  palette?.addItem({
    command: CommandIDs.importCAR,
    category: trans.__('IPFS')
  });

  function selected(): string[] {
    const browser = fileBrowsers?.tracker.currentWidget ?? null;
    const items = browser === null ? [] : Array.from(browser.selectedItems());
    const { contents } = app.serviceManager;
    return items.every(
      ({ path, type }) =>
        type !== 'directory' &&
        isCAR(path) &&
        ['', 'RTC'].includes(contents.driveName(path))
    )
      ? items.map(({ path }) => contents.localPath(path))
      : [];
  }

  async function choose(): Promise<boolean> {
    const manager = fileBrowsers?.tracker.currentWidget?.model.manager;
    const { button } = await showDialog({
      title: trans.__('Open a CAR file'),
      body: trans.__('What is in it is kept. Each block is checked.'),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({
          label: trans.__('From this device…'),
          actions: ['desktop']
        }),
        ...(manager === undefined
          ? []
          : [
              Dialog.okButton({
                label: trans.__('From the workspace…'),
                actions: ['workspace']
              })
            ])
      ]
    });
    if (!button.accept) {
      return false;
    }
    if (manager === undefined || button.actions.includes('desktop')) {
      return importPicked(chosenFiles(await chooseFromDesktop('files')));
    }
    const { value } = await FileDialog.getOpenFiles({
      manager,
      title: trans.__('Open a CAR file'),
      filter: ({ name, type }) =>
        type === 'directory' || isCAR(name) ? {} : null
    });
    const files = (value ?? []).filter(({ type }) => type !== 'directory');
    return importPaths(files.map(({ path }) => path));
  }

  async function importPicked(picked: IPicked): Promise<boolean> {
    if (picked.files.length > 0) {
      panel.reveal();
      await startImports(uploads, picked);
    }
    return picked.files.length > 0;
  }

  async function importPaths(paths: readonly string[]): Promise<boolean> {
    let count = 0;
    for (const path of paths) {
      await told(trans.__('The CAR file could not be imported'), async () => {
        const result = await runWithConsent(
          jobs,
          'import',
          { path, by_file_name: true },
          settings,
          trans
        );
        if (result !== null) {
          count += 1;
          tell(path, result);
        }
      });
    }
    return count > 0;
  }

  function tell(
    path: string,
    { root, name, incomplete }: Readonly<Record<string, unknown>>
  ): void {
    const title = plainText(PathExt.basename(path), 60) ?? '';
    if (typeof root !== 'string') {
      const lacks =
        typeof incomplete === 'object' &&
        incomplete !== null &&
        Object.keys(incomplete).length > 0;
      Notification.warning(
        lacks
          ? trans.__(
              '%1: not all of it is in the file, so that it is not kept',
              title
            )
          : trans.__('%1: imported', title),
        { autoClose: false }
      );
      return;
    }
    Notification.success(
      typeof name === 'string'
        ? trans.__('%1: imported as “%2”', title, plainText(name, 60) ?? '')
        : trans.__('%1: imported', title),
      {
        autoClose: 15_000,
        actions: [
          {
            label: trans.__('Show'),
            caption: trans.__('Show it in the IPFS sidebar'),
            callback: () => showItem(app, panel, root)
          }
        ]
      }
    );
  }
}

/**
 * Ask what is meant with CAR files that somebody dropped or chose.
 *
 * @returns Whether they are taken in (`true`) or stored as files; `null` for neither.
 */
export async function askImport(
  names: readonly string[],
  trans: TranslationBundle
): Promise<boolean | null> {
  const { button } = await showDialog({
    title: trans._n(
      'Import what is in the CAR file?',
      'Import what is in the CAR files?',
      names.length
    ),
    body: trans.__(
      'A CAR file holds content with its CIDs. Imported, what is in it can be opened and used; stored, it stays a file in a file.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.createButton({
        label: trans.__('Store the file itself'),
        accept: true,
        className: 'jp-mod-reject',
        actions: ['store']
      }),
      Dialog.okButton({ label: trans.__('Import what is in it') })
    ]
  });
  return button.accept ? !button.actions.includes('store') : null;
}

/** Send CAR files from the desktop and take them in, one after the other. */
export async function startImports(
  uploads: UploadsModel,
  picked: IPicked
): Promise<void> {
  for (const file of picked.files) {
    await uploads.start(() =>
      Promise.resolve({
        ...picked,
        name: PathExt.basename(file.path),
        files: [file],
        as: 'car'
      })
    );
  }
}
