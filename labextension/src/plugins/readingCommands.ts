import { Clipboard, Notification } from '@jupyterlab/apputils';
import { PathExt, URLExt } from '@jupyterlab/coreutils';
import {
  addBelowIcon,
  copyIcon,
  downloadIcon,
  folderIcon,
  historyIcon,
  linkIcon,
  saveIcon,
  usersIcon
} from '@jupyterlab/ui-components';

import { getItem } from '../api/items';
import { getVersions } from '../api/names';
import { asArgs, fileName, ipfsLink, loadCode } from '../models/target';
import type { IContentTarget } from '../tokens';
import {
  askText,
  askYesOrNo,
  showCopies,
  showVersions
} from '../widgets/itemDialogs';
import { runOrAsk } from '../widgets/runOrAsk';
import { CommandIDs } from './commandIDs';
import type { IItemAction, IItemContext } from './itemAction';
import { hasName, isWhole } from './itemAction';

/** What changes nothing in the repo: to look at it, copy it out, and see what there is. */
export function readingActions(context: IItemContext): IItemAction[] {
  const { app, model, jobs, trans } = context;
  const { commands } = app;
  const settings = app.serviceManager.serverSettings;
  return [
    {
      id: CommandIDs.openCopy,
      label: trans.__('Open Copy in Workspace'),
      caption: trans.__('Write a copy into a new folder of the workspace'),
      icon: folderIcon,
      execute: async ({ path, title }) => {
        const result = await jobs.run('copy', { path }, title);
        if (typeof result.path === 'string') {
          await commands.execute('filebrowser:open-path', {
            path: result.path
          });
        }
      }
    },
    {
      id: CommandIDs.insertCode,
      label: trans.__('Insert Code to Load It'),
      caption: trans.__('Add a cell that loads it to the current notebook'),
      icon: addBelowIcon,
      isEnabled: () =>
        commands.hasCommand('notebook:insert-cell-below') &&
        commands.isEnabled('notebook:insert-cell-below'),
      execute: async target => {
        await commands.execute('notebook:insert-cell-below');
        await commands.execute('notebook:replace-selection', {
          text: loadCode(target)
        });
      }
    },
    {
      id: CommandIDs.copyCID,
      label: trans.__('Copy CID'),
      caption: trans.__('Copy the fingerprint of the bytes'),
      icon: copyIcon,
      execute: ({ cid }) => copied(cid)
    },
    {
      id: CommandIDs.copyLink,
      label: trans.__('Copy Link'),
      caption: trans.__('Copy an ipfs:// link'),
      icon: linkIcon,
      execute: ({ path }) => copied(ipfsLink(path))
    },
    {
      id: CommandIDs.download,
      label: trans.__('Download'),
      caption: trans.__('Download it with the browser'),
      icon: downloadIcon,
      execute: target =>
        download(target, target.kind === 'directory' ? 'tar' : null)
    },
    {
      id: CommandIDs.saveCAR,
      label: trans.__('Save as CAR…'),
      caption: trans.__('Save all its blocks as one file, which proves itself'),
      icon: saveIcon,
      execute: saveCAR
    },
    {
      id: CommandIDs.showCopies,
      label: trans.__('Who Has It…'),
      caption: trans.__('Where copies are, and how to make another'),
      icon: usersIcon,
      isVisible: isWhole,
      execute: async target => {
        const detail = await getItem(target.cid, settings);
        const choice = await showCopies(
          target.title,
          model.copiesOf(detail),
          detail.pinned,
          async copy => {
            await jobs.run(
              'check-copy',
              { root: target.cid, place: copy.place },
              target.title
            );
            model.invalidate();
          },
          trans
        );
        switch (choice) {
          case 'car':
            await saveCAR(target);
            break;
          case 'send':
            await commands.execute(CommandIDs.send, asArgs(target));
            break;
          case 'serve':
            await commands.execute(CommandIDs.serve, asArgs(target));
            break;
        }
      }
    },
    {
      id: CommandIDs.showVersions,
      label: trans.__('Versions…'),
      caption: trans.__('What the name pointed at before'),
      icon: historyIcon,
      isVisible: hasName,
      execute: async ({ item }) => {
        const name = item?.name ?? '';
        const versions = await getVersions(name, settings);
        const version = await showVersions(name, versions, trans);
        if (version !== null && commands.hasCommand(CommandIDs.open)) {
          await commands.execute(CommandIDs.open, {
            path: `/ipfs/${version.root}`,
            title: `${name}@${version.version}`
          });
        }
      }
    }
  ];

  async function copied(text: string): Promise<void> {
    Clipboard.copyToSystem(text);
    Notification.success(trans.__('Copied'), { autoClose: 2000 });
    return Promise.resolve();
  }

  /** The server answers with an attachment and knows the user by the cookie. */
  async function download(
    target: IContentTarget,
    format: 'car' | 'tar' | null
  ): Promise<void> {
    if (!(await isBrought(target))) {
      return;
    }
    const link = document.createElement('a');
    link.href =
      URLExt.join(
        settings.baseUrl,
        'jupyter-ipfs',
        URLExt.encodeParts(target.path.replace(/^\/+/, ''))
      ) + (format === null ? '' : `?format=${format}`);
    link.download = '';
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  /** Fetch what is not here: the server gives out only what it holds. */
  async function isBrought({
    path,
    cid,
    title
  }: IContentTarget): Promise<boolean> {
    const copies = model.find(cid)?.copies ?? [];
    if (copies.some(({ kind }) => kind === 'here' || kind === 'kubo')) {
      return true;
    }
    const { complete } = await jobs.run('fetch', { path }, title);
    if (complete === true) {
      return true;
    }
    const isKept = await askYesOrNo(
      trans.__('Keep “%1”?', title),
      trans.__(
        'It is too big for the cache. To download it, keep it on this computer first.'
      ),
      trans.__('Keep and download'),
      trans
    );
    if (isKept) {
      await jobs.run('pin', { path }, title);
      model.invalidate();
    }
    return isKept;
  }

  async function saveCAR(target: IContentTarget): Promise<void> {
    const { path, title } = target;
    const answer = await askText(
      {
        title: trans.__('Save “%1” as a CAR file', title),
        label: trans.__('File in the workspace'),
        note: trans.__(
          'A CAR file holds all blocks of it. Whoever opens the file can check that they are what the CID says.'
        ),
        value: `${fileName(title)}.car`,
        accept: [trans.__('Download instead'), trans.__('Save')]
      },
      trans
    );
    if (answer === null) {
      return;
    }
    if (answer.button === 0) {
      await download(target, 'car');
      return;
    }
    const to = answer.text;
    const result = await runOrAsk(
      jobs,
      'export',
      { path, to },
      {
        code: 'PathExistsError',
        ask: ({ message }) =>
          askYesOrNo(
            trans.__('Overwrite “%1”?', to),
            message,
            trans.__('Overwrite'),
            trans
          ),
        agreed: { overwrite: true }
      },
      title
    );
    if (result !== null) {
      model.invalidate();
      Notification.success(trans.__('Saved as %1', PathExt.basename(to)), {
        autoClose: 5000
      });
    }
  }
}
