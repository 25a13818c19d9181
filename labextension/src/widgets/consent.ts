import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { getConfig, putConfig } from '../api/config';

/** The error of a store that would publish, before anybody has agreed to that. */
export const CONSENT_REQUIRED = 'ConsentRequiredError';

/**
 * Ask whether what is stored on the Kubo in use may become public; asked once for each Kubo,
 * since the answer is kept with the node's settings.
 *
 * @returns Whether it may.
 */
export async function askToAnnounce(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<boolean> {
  const config = await getConfig(settings);
  const body = new Widget();
  body.addClass('jp-Ipfs-dialog');
  const texts = [
    trans.__(
      'The IPFS node at %1 announces what it holds to the public network.',
      config.kubo_url
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
  if (!answer.button.accept) {
    return false;
  }
  const announce = [...config.announce, config.kubo_url];
  await putConfig({ announce }, settings);
  return true;
}
