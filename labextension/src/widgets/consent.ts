import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { getConfig } from '../api/config';
import { plainText } from '../models/plainText';

/** The error of what would publish, before anybody has agreed to that. */
export const CONSENT_REQUIRED = 'ConsentRequiredError';

/**
 * Ask whether what goes to a Kubo may become public. The answer is for the caller to send;
 * the server remembers it for that Kubo.
 *
 * @param url - The Kubo.
 * @returns Whether it may.
 */
export async function askToAnnounce(
  url: string,
  trans: TranslationBundle
): Promise<boolean> {
  const body = new Widget();
  body.addClass('jp-Ipfs-dialog');
  const texts = [
    trans.__(
      'The IPFS node at %1 announces what it holds to the public network.',
      plainText(url) ?? ''
    ),
    trans.__(
      'Anyone in the world can then find and read what you store there. It cannot be taken back: others may keep copies.'
    ),
    trans.__('You are asked once for this node.')
  ];
  for (const text of texts) {
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    body.node.append(paragraph);
  }
  const answer = await showDialog({
    title: trans.__('Make it public?'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Do not store') }),
      Dialog.warnButton({ label: trans.__('Store publicly') })
    ],
    defaultButton: 0
  });
  return answer.button.accept;
}

/**
 * The Kubo that a job would publish on: the one it sends to, else the one in use.
 *
 * @param args - What the job was started with, if that is known.
 */
export async function kuboOf(
  args: Readonly<Record<string, unknown>> | null,
  settings: ServerConnection.ISettings
): Promise<string> {
  const target = args?.['target'];
  return typeof target === 'string'
    ? target
    : (await getConfig(settings)).kubo_url;
}
