import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { plainText } from '../models/plainText';

/**
 * Ask before an asset is given away; the address is shown in full, since nothing brings it back.
 */
export async function confirmTransfer(
  title: string,
  to: string,
  trans: TranslationBundle
): Promise<boolean> {
  const body = ReactWidget.create(
    <>
      <p>
        {trans.__(
          'Whoever has this address owns it from then on: the data NFT, and with it the right to change the asset. You cannot take it back.'
        )}
      </p>
      <p>
        <code className="jp-Ipfs-cid">{to}</code>
      </p>
      <p>{trans.__('Compare all of it, not only its ends.')}</p>
    </>
  );
  body.addClass('jp-Ipfs-dialog');
  const { button } = await showDialog({
    title: trans.__('Transfer “%1”?', plainText(title, 80) ?? ''),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Transfer') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
