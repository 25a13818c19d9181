import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Clipboard,
  Notification,
  showErrorMessage
} from '@jupyterlab/apputils';
import { PathExt, URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  addBelowIcon,
  copyIcon,
  closeIcon,
  deleteIcon,
  downloadIcon,
  editIcon,
  fileUploadIcon,
  folderIcon,
  historyIcon,
  launchIcon,
  linkIcon,
  saveIcon,
  shareIcon,
  stopIcon,
  usersIcon
} from '@jupyterlab/ui-components';
import type {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';

import { getItem } from '../api/items';
import { getVersions, renameName } from '../api/names';
import { restorePins, unpin } from '../api/pins';
import { APIError } from '../api/request';
import { addShare, removeShare } from '../api/shares';
import { sizeText } from '../components/size';
import type { ItemsModel } from '../models/items';
import { JobCancelled } from '../models/jobs';
import { problemOf } from '../models/problem';
import {
  fileName,
  ipfsLink,
  itemTarget,
  loadCode,
  targetFromArgs
} from '../models/target';
import type { IContentTarget, IJobs, INodeStatus } from '../tokens';
import {
  ask,
  askReach,
  askText,
  confirmForget,
  showCopies,
  showVersions
} from '../widgets/itemDialogs';

export namespace CommandIDs {
  /** Registered by the plugin that opens content. */
  export const open = 'ipfs:open';
  /** Registered by the plugin that opens content. */
  export const inspect = 'ipfs:inspect';
  export const openCopy = 'ipfs:open-copy';
  export const insertCode = 'ipfs:insert-code';
  export const copyCID = 'ipfs:copy-cid';
  export const copyLink = 'ipfs:copy-link';
  export const download = 'ipfs:download';
  export const saveCAR = 'ipfs:save-car';
  export const send = 'ipfs:send';
  export const copyTo = 'ipfs:copy-to';
  export const serve = 'ipfs:serve';
  export const stopServing = 'ipfs:stop-serving';
  export const showCopies = 'ipfs:show-copies';
  export const rename = 'ipfs:rename';
  export const showVersions = 'ipfs:show-versions';
  export const keep = 'ipfs:keep';
  export const unpin = 'ipfs:unpin';
  export const forget = 'ipfs:forget';
}

/** What the menu of an item offers, in groups. */
export const MENU: readonly (string | null)[] = [
  CommandIDs.open,
  CommandIDs.openCopy,
  CommandIDs.insertCode,
  CommandIDs.inspect,
  null,
  CommandIDs.copyCID,
  CommandIDs.copyLink,
  null,
  CommandIDs.download,
  CommandIDs.saveCAR,
  CommandIDs.send,
  CommandIDs.copyTo,
  CommandIDs.serve,
  CommandIDs.stopServing,
  null,
  CommandIDs.showCopies,
  CommandIDs.rename,
  CommandIDs.showVersions,
  null,
  CommandIDs.keep,
  CommandIDs.unpin,
  CommandIDs.forget
];

/** What the commands work with. */
export interface IItemContext {
  readonly app: JupyterFrontEnd;
  readonly model: ItemsModel;
  readonly jobs: IJobs;
  readonly node: INodeStatus;
  readonly trans: TranslationBundle;
  /** Where content was sent lately, the newest first. */
  readonly targets: () => readonly string[];
  readonly rememberTarget: (target: string) => void;
}

/** One command on a target. */
interface IAction {
  readonly id: string;
  readonly label: string | ((target: IContentTarget | null) => string);
  readonly caption: string;
  readonly icon: LabIcon;
  readonly isEnabled?: (target: IContentTarget) => boolean;
  readonly isVisible?: (target: IContentTarget) => boolean;
  readonly execute: (target: IContentTarget) => Promise<void>;
}

/**
 * Register what can be done with content that has a CID.
 *
 * @returns The commands' ids.
 */
export function addItemCommands(context: IItemContext): string[] {
  const { app, model, trans } = context;
  const actions = [...readingActions(context), ...keepingActions(context)];
  for (const action of actions) {
    app.commands.addCommand(action.id, {
      label: args => labelOf(action, targetOf(args)),
      caption: action.caption,
      icon: action.icon,
      describedBy: { args: argsSchema(trans) },
      isEnabled: args => {
        const target = targetOf(args);
        return target !== null && (action.isEnabled?.(target) ?? true);
      },
      isVisible: args => {
        const target = targetOf(args);
        return target === null || (action.isVisible?.(target) ?? true);
      },
      execute: async args => {
        const target = targetOf(args);
        if (target !== null) {
          await told(context, labelOf(action, target), () =>
            action.execute(target)
          );
        }
      }
    });
  }
  return actions.map(action => action.id);

  /** What the arguments name, or what is chosen in the panel. */
  function targetOf(args: ReadonlyPartialJSONObject): IContentTarget | null {
    const target = targetFromArgs(args);
    if (target !== null || model.activeItem === null) {
      return target;
    }
    return itemTarget(model.activeItem);
  }
}

function labelOf(action: IAction, target: IContentTarget | null): string {
  return typeof action.label === 'string' ? action.label : action.label(target);
}

/** What changes nothing in the repo. */
function readingActions(context: IItemContext): IAction[] {
  const { app, model, jobs, trans } = context;
  const { commands } = app;
  const settings = app.serviceManager.serverSettings;
  return [
    {
      id: CommandIDs.openCopy,
      label: trans.__('Open Copy in Workspace'),
      caption: trans.__('Write a copy into a new folder of the workspace'),
      icon: folderIcon,
      execute: async ({ path }) => {
        const result = await jobs.run('copy', { path });
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
      execute: ({ path, kind }) => {
        download(path, kind === 'directory' ? 'tar' : null);
        return Promise.resolve();
      }
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
          async copy => {
            await jobs.run('check-copy', {
              root: target.cid,
              place: copy.place
            });
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
  function download(path: string, format: 'car' | 'tar' | null): void {
    const link = document.createElement('a');
    link.href =
      URLExt.join(
        settings.baseUrl,
        'jupyter-ipfs',
        URLExt.encodeParts(path.replace(/^\/+/, ''))
      ) + (format === null ? '' : `?format=${format}`);
    link.download = '';
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  async function saveCAR({ path, title }: IContentTarget): Promise<void> {
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
      download(path, 'car');
      return;
    }
    const to = answer.text;
    const result = await jobs
      .run('export', { path, to })
      .catch(async (error: unknown) => {
        // Only a file that is there already can be asked about.
        if (!/exists/.test(problemOf(error).message)) {
          throw error;
        }
        const agreed = await ask(
          trans.__('Overwrite “%1”?', to),
          problemOf(error).message,
          trans.__('Overwrite'),
          trans
        );
        return agreed
          ? jobs.run('export', { path, to, overwrite: true })
          : null;
      });
    if (result !== null) {
      model.invalidate();
      Notification.success(trans.__('Saved as %1', PathExt.basename(to)), {
        autoClose: 5000
      });
    }
  }
}

/** What makes or removes copies and names. */
function keepingActions(context: IItemContext): IAction[] {
  const { app, model, jobs, node, trans } = context;
  const settings = app.serviceManager.serverSettings;
  return [
    {
      id: CommandIDs.send,
      label: trans.__('Send to…'),
      caption: trans.__('Copy it to a folder or a Kubo'),
      icon: fileUploadIcon,
      execute: async ({ path, title }) => {
        const answer = await askText(
          {
            title: trans.__('Send “%1”', title),
            label: trans.__('To a folder on the server, or a Kubo’s address'),
            note: trans.__(
              'Such as /shared/lab or http://127.0.0.1:5001. A folder gets one CAR file; whoever can read the folder can read it.'
            ),
            value: context.targets().length > 0 ? context.targets()[0] : '',
            suggestions: context.targets(),
            accept: [trans.__('Send')]
          },
          trans
        );
        if (answer === null) {
          return;
        }
        const target = answer.text;
        const result = await withConsent(agree =>
          jobs.run('push', { path, target, ...agree })
        );
        if (result !== null) {
          context.rememberTarget(target);
          model.invalidate();
          Notification.success(trans.__('Sent to %1', target), {
            autoClose: 5000
          });
        }
      }
    },
    {
      id: CommandIDs.copyTo,
      label: target =>
        target !== null && isOnKubo(target)
          ? trans.__('Copy to This Computer')
          : trans.__('Copy to Kubo'),
      caption: trans.__(
        'Copy it between this computer and the Kubo that is used'
      ),
      icon: launchIcon,
      isVisible: target => isWhole(target) && isKuboUsed(),
      execute: async target => {
        const { path } = target;
        const backend = isOnKubo(target) ? 'embedded' : 'kubo';
        const result = await withConsent(agree =>
          jobs.run('copy-to', { path, backend, ...agree })
        );
        if (result !== null) {
          model.invalidate();
        }
      }
    },
    {
      id: CommandIDs.serve,
      label: trans.__('Serve from Here…'),
      caption: trans.__('Let others fetch it until this server stops'),
      icon: shareIcon,
      isVisible: target => isWhole(target) && !isServed(target),
      execute: async ({ cid, title }) => {
        const reach = await askReach(title, trans);
        if (reach === null) {
          return;
        }
        const share = await addShare(cid, reach === 'others', settings);
        model.invalidate();
        Notification.success(trans.__('Served at %1', share.url), {
          autoClose: false,
          actions: [
            {
              label: trans.__('Copy Address'),
              callback: () => Clipboard.copyToSystem(share.url)
            }
          ]
        });
      }
    },
    {
      id: CommandIDs.stopServing,
      label: trans.__('Stop Serving'),
      caption: trans.__('Nobody can fetch it from here any longer'),
      icon: stopIcon,
      isVisible: isServed,
      execute: async ({ cid }) => {
        await removeShare(cid, settings);
        model.invalidate();
      }
    },
    {
      id: CommandIDs.rename,
      label: trans.__('Rename…'),
      caption: trans.__('Give its name another word'),
      icon: editIcon,
      isVisible: hasName,
      execute: async ({ item }) => {
        const old = item?.name ?? '';
        const answer = await askText(
          {
            title: trans.__('Rename “%1”', old),
            label: trans.__('New name'),
            note: trans.__('Its versions go with it.'),
            value: old,
            accept: [trans.__('Rename')]
          },
          trans
        );
        if (answer !== null && answer.text !== old) {
          await renameName(old, answer.text, settings);
          model.invalidate();
        }
      }
    },
    {
      id: CommandIDs.keep,
      label: trans.__('Keep'),
      caption: trans.__('Keep it on this computer until you say otherwise'),
      icon: saveIcon,
      isVisible: ({ item }) => item?.pinned !== true,
      execute: async ({ path }) => {
        await jobs.run('pin', { path });
        model.invalidate();
      }
    },
    {
      id: CommandIDs.unpin,
      label: trans.__('Unpin'),
      caption: trans.__(
        'Keep it no longer; its bytes stay until space is freed'
      ),
      icon: closeIcon,
      isVisible: ({ item }) => item?.pinned === true,
      execute: async ({ path, title }) => {
        const unpinned = await unpin(path, settings);
        model.invalidate();
        Notification.info(trans.__('“%1” is kept no longer', title), {
          autoClose: 10_000,
          actions: [
            {
              label: trans.__('Undo'),
              caption: trans.__('Keep it again'),
              callback: () =>
                void told(context, trans.__('Undo'), async () => {
                  await restorePins(unpinned, settings);
                  model.invalidate();
                })
            }
          ]
        });
      }
    },
    {
      id: CommandIDs.forget,
      label: trans.__('Delete for Good…'),
      caption: trans.__('Delete its bytes from this computer'),
      icon: deleteIcon,
      isVisible: isWhole,
      execute: async ({ path, cid, title }) => {
        const detail = await getItem(cid, settings);
        if (!(await confirmForget(title, detail, trans))) {
          return;
        }
        const { size } = await jobs.run('forget', { path });
        model.invalidate();
        Notification.success(
          typeof size === 'number'
            ? trans.__('Deleted: %1 are free again', sizeText(size, trans))
            : trans.__('Deleted'),
          { autoClose: 5000 }
        );
      }
    }
  ];

  /** Do something; if it would become public, ask first and do it again. */
  async function withConsent<Result>(
    run: (agree: { agree?: true }) => Promise<Result>
  ): Promise<Result | null> {
    try {
      return await run({});
    } catch (error) {
      if (
        !(error instanceof APIError) ||
        error.code !== 'ConsentRequiredError'
      ) {
        throw error;
      }
      const agreed = await ask(
        trans.__('Publish to the world?'),
        trans.__(
          '%1. What is public cannot be taken back. You are asked once for this node.',
          error.message
        ),
        trans.__('Publish'),
        trans
      );
      return agreed ? run({ agree: true }) : null;
    }
  }

  function isServed({ cid }: IContentTarget): boolean {
    return model.isServed(cid);
  }

  function isOnKubo({ cid }: IContentTarget): boolean {
    return model.find(cid)?.copies.some(copy => copy.kind === 'kubo') ?? false;
  }

  function isKuboUsed(): boolean {
    const { state } = node;
    return state.kind === 'answered' && state.status.backend === 'kubo';
  }
}

/** Whether it is a root of the list, not a part of one. */
function isWhole({ item }: IContentTarget): boolean {
  return item !== undefined;
}

function hasName({ item }: IContentTarget): boolean {
  return item !== undefined && item.name !== null;
}

/** A target as a command's arguments. */
export function asArgs(target: IContentTarget): ReadonlyPartialJSONObject {
  const { item, ...content } = target;
  return item === undefined ? content : { ...content, item };
}

/** Do something, and say what went wrong if it did. */
export async function told(
  { trans }: Pick<IItemContext, 'trans'>,
  title: string,
  act: () => Promise<unknown>
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof JobCancelled) {
      return;
    }
    const { message, hint } = problemOf(error);
    await showErrorMessage(
      trans.__('It did not work: %1', title),
      hint === null ? message : `${message}\n${hint}`
    );
  }
}

function argsSchema(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      path: {
        type: 'string',
        description: trans.__(
          'Such as /ipfs/bafy…/a.csv; by default what is chosen in the sidebar'
        )
      },
      cid: { type: 'string', description: trans.__('Its CID') },
      title: { type: 'string', description: trans.__('What to call it') },
      kind: {
        type: 'string',
        description: trans.__('Such as file or directory')
      },
      item: {
        type: 'object',
        description: trans.__('Whether it is kept, and by which name')
      }
    }
  };
}
