import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { getConfig, putConfig } from '../api/config';
import { parseAddress } from '../models/address';
import { askUntilTaken } from './itemDialogs';

/**
 * Ask for a folder of CARs, a CAR file or the address of one, and look there from now on.
 *
 * @returns Whether there is one more place.
 */
export function askSource(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<boolean> {
  return askUntilTaken(
    {
      title: trans.__('Where else to look'),
      label: trans.__('A folder with CAR files, or one CAR file'),
      note: trans.__(
        'Such as /shared/lab or ~/Downloads/survey.car, on the computer that runs the Jupyter server; or the address of a CAR file on the web. Whatever comes from there is checked.'
      ),
      value: '',
      accept: [trans.__('Look there')]
    },
    async text => {
      const { sources } = await getConfig(settings);
      if (!sources.includes(text)) {
        await putConfig({ sources: [...sources, text] }, settings);
      }
    },
    trans
  );
}

/**
 * Ask for a gateway, and ask it from now on for what is not here.
 *
 * @returns Whether there is one more gateway.
 */
export function askGateway(
  settings: ServerConnection.ISettings,
  trans: TranslationBundle
): Promise<boolean> {
  return askUntilTaken(
    {
      title: trans.__('Which gateway to ask'),
      label: trans.__('Address of the gateway'),
      note: trans.__(
        'Such as http://127.0.0.1:8080. It learns the CID of whatever is looked for, and this server’s address. What it sends is checked.'
      ),
      value: '',
      accept: [trans.__('Ask it from now on')]
    },
    text => addGateway(text, settings),
    trans
  );
}

/** Ask a gateway from now on; a link to content there is as good as its address. */
export async function addGateway(
  text: string,
  settings: ServerConnection.ISettings
): Promise<void> {
  const address = parseAddress(text);
  const url =
    address.kind === 'content' && address.gateway !== null
      ? address.gateway
      : text.replace(/\/+(ipfs\/*)?$/, '');
  const { gateways } = await getConfig(settings);
  if (!gateways.includes(url)) {
    await putConfig({ gateways: [...gateways, url] }, settings);
  }
}
