import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { NodeStatus } from '../components/NodeStatus';
import type { INodeStatus } from '../tokens';

/**
 * Say where the bytes are, following the model while the dialog is open.
 */
export async function showNodeStatus(
  model: INodeStatus,
  trans: TranslationBundle
): Promise<void> {
  const body = ReactWidget.create(
    <UseSignal signal={model.changed}>
      {() => (
        <div aria-live="polite">
          <NodeStatus state={model.state} trans={trans} />
        </div>
      )}
    </UseSignal>
  );
  body.addClass('jp-Ipfs-dialog');
  const held = model.hold();
  await showDialog({
    title: trans.__('IPFS node'),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
  held.dispose();
}
