import { Clipboard, Notification } from '@jupyterlab/apputils';
import {
  checkIcon,
  closeIcon,
  deleteIcon,
  editIcon,
  fileUploadIcon,
  launchIcon,
  shareIcon,
  stopIcon
} from '@jupyterlab/ui-components';

import { getItem } from '../api/items';
import { renameName } from '../api/names';
import { restorePins, unpin } from '../api/pins';
import { addShare, removeShare } from '../api/shares';
import { sizeText } from '../components/size';
import { JobCancelled, JobFailed } from '../models/jobs';
import { storeName } from '../models/storeName';
import { ipfsLink } from '../models/target';
import type { IContentTarget } from '../tokens';
import {
  askReach,
  askText,
  askUntilTaken,
  confirmForget
} from '../widgets/itemDialogs';
import { runWithConsent } from '../widgets/runOrAsk';
import { told } from '../widgets/told';
import { CommandIDs } from './commandIDs';
import type { IItemAction, IItemContext } from './itemAction';
import { hasName, isWhole } from './itemAction';

/** How long a message stays that has something to copy. */
const SHOWN_MS = 15_000;

/** What makes or removes copies and names. */
export function keepingActions(context: IItemContext): IItemAction[] {
  const { app, model, jobs, node, trans } = context;
  const settings = app.serviceManager.serverSettings;
  return [
    {
      id: CommandIDs.send,
      label: trans.__('Send to…'),
      caption: trans.__('Copy it to a folder or a Kubo'),
      icon: fileUploadIcon,
      execute: send
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
        const { path, title } = target;
        const backend = isOnKubo(target) ? 'embedded' : 'kubo';
        const result = await run('copy-to', { path, backend }, title);
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
        const link = `${share.url.replace(/\/+$/, '')}/ipfs/${cid}`;
        Notification.success(
          share.public
            ? trans.__('Served at %1', link)
            : trans.__(
                'Served at %1, for programs on this computer only',
                link
              ),
          {
            autoClose: false,
            actions: [
              {
                label: trans.__('Copy Link'),
                caption: link,
                callback: () => Clipboard.copyToSystem(link)
              }
            ]
          }
        );
      }
    },
    {
      id: CommandIDs.stopServing,
      label: trans.__('Stop Serving'),
      caption: trans.__('Nobody can fetch it from here any longer'),
      icon: stopIcon,
      isVisible: isServed,
      execute: async ({ cid, title }) => {
        await removeShare(cid, settings);
        model.invalidate();
        Notification.info(trans.__('“%1” is served no longer', title), {
          autoClose: 5000
        });
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
            note: trans.__('Its earlier versions follow the new name.'),
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
      icon: checkIcon,
      isVisible: ({ item }) => item?.pinned !== true,
      execute: async ({ path, title, item }) => {
        // What was only looked at is listed under the name that it was opened by.
        const name = item === undefined ? storeName(title) : null;
        await jobs.run('pin', name === null ? { path } : { path, name }, title);
        model.invalidate();
      }
    },
    {
      id: CommandIDs.unpin,
      label: trans.__('Stop Keeping'),
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
                void told(trans.__('It is not kept again'), async () => {
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
        const { size } = await jobs.run('forget', { path }, title);
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

  /** Ask where to, until it is there or nobody wants that any longer. */
  async function send({ path, cid, title }: IContentTarget): Promise<void> {
    const targets = context.targets();
    await askUntilTaken(
      {
        title: trans.__('Send “%1”', title),
        label: trans.__('To a folder on the server, or a Kubo’s address'),
        note: trans.__(
          'Such as /shared/lab or http://127.0.0.1:5001. A folder gets one CAR file; whoever can read the folder can read it.'
        ),
        value: targets.length > 0 ? targets[0] : '',
        suggestions: targets,
        accept: [trans.__('Send')]
      },
      async target => {
        try {
          const result = await run('push', { path, target }, title);
          if (result !== null) {
            context.rememberTarget(target);
            model.invalidate();
            tellSent(target, path, cid, title);
          }
        } catch (error) {
          if (error instanceof JobCancelled) {
            return;
          }
          if (error instanceof JobFailed) {
            // The dialog says why.
            await jobs.dismiss(error.job.id);
          }
          throw error;
        }
      },
      trans
    );
  }

  function tellSent(
    target: string,
    path: string,
    cid: string,
    title: string
  ): void {
    const message = /^https?:/i.test(target)
      ? trans.__(
          'Sent “%1” to %2. Whoever can reach that node opens it with this CID.',
          title,
          target
        )
      : trans.__(
          'Sent “%1” to %2. Whoever can read that folder opens it with this CID: paste it, then “Look in a folder…”.',
          title,
          target
        );
    const copy = (label: string, text: string): Notification.IAction => ({
      label,
      caption: text,
      callback: event => {
        // The other one can still be copied.
        event.preventDefault();
        Clipboard.copyToSystem(text);
      }
    });
    Notification.success(message, {
      autoClose: SHOWN_MS,
      actions: [
        copy(trans.__('Copy CID'), cid),
        copy(trans.__('Copy Link'), ipfsLink(path))
      ]
    });
  }

  /** Run a job that may publish; `null` if nobody agreed to that. */
  function run(
    action: string,
    args: Readonly<Record<string, unknown>>,
    title: string
  ): Promise<Readonly<Record<string, unknown>> | null> {
    return runWithConsent(jobs, action, args, settings, trans, title);
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
