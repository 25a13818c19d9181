import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { IConfig, IConfigChange } from '../api/config';
import { askKubo, getConfig } from '../api/config';
import type { IHealth } from '../api/health';
import { getHealth } from '../api/health';
import { NodeDetails } from '../components/NodeDetails';
import { NodeStatus } from '../components/NodeStatus';
import { Places } from '../components/Places';
import { sizeText } from '../components/size';
import { ConfigModel } from '../models/config';
import { IJobs, INodeStatus, IPanel, IServerEvents } from '../tokens';
import { askGateway, askSource } from '../widgets/askPlace';
import { askToAnnounce } from '../widgets/consent';
import { askYesOrNo, confirmLoss } from '../widgets/itemDialogs';
import { told } from '../widgets/told';

/**
 * The node, in the sidebar: how it is, what it takes, and which one it is.
 */
export const nodeSection: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ipfs:node-section',
  description: 'Shows the IPFS node in the sidebar, and switches it.',
  autoStart: true,
  requires: [IPanel, INodeStatus, IServerEvents, IJobs],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    panel: IPanel,
    node: INodeStatus,
    events: IServerEvents,
    jobs: IJobs,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_ipfs');
    const settings = app.serviceManager.serverSettings;
    const config = new ConfigModel(settings);
    const changed = new Signal<object, void>(panel);
    let health: IHealth | null = null;
    let held: IDisposable | null = null;

    const look = (isShown: boolean): void => {
      held?.dispose();
      held = isShown ? node.hold() : null;
      if (isShown) {
        void config.refresh();
        void askHealth();
      }
    };
    panel.shownChanged.connect((_, isShown) => look(isShown));
    look(panel.isShown);
    node.changed.connect(() => changed.emit());
    config.changed.connect(() => changed.emit());
    events.repoChanged.connect(() => void node.refresh());
    events.configChanged.connect(() => {
      void config.refresh();
      void node.refresh();
    });

    panel.addSection({
      id: 'node',
      // It is folded at first: what is wrong has to be seen all the same.
      get title(): string {
        const { state } = node;
        const isWell =
          state.kind === 'answered'
            ? state.status.healthy && !health?.damaged.length
            : state.kind !== 'failed';
        return isWell
          ? trans.__('Where it is kept')
          : trans.__('Where it is kept: look here');
      },
      rank: 50,
      changed,
      render: () => {
        const { state } = node;
        if (state.kind !== 'answered') {
          return React.createElement(
            'div',
            { className: 'jp-Ipfs-node' },
            React.createElement(NodeStatus, { state, trans }),
            state.kind === 'failed' &&
              React.createElement(
                'button',
                {
                  type: 'button',
                  className: 'jp-Ipfs-button',
                  onClick: () => void node.refresh()
                },
                trans.__('Try again')
              )
          );
        }
        const details = React.createElement(NodeDetails, {
          status: state.status,
          config: config.config,
          health,
          onChange,
          onTest: (url, token) => askKubo(url, token, settings),
          onRetry: () => void node.refresh(),
          onAgree: () => tell(trans.__('Agree'), agree),
          onFreeSpace: () => tell(trans.__('Free space'), freeSpace),
          onCheck: () => tell(trans.__('Check'), check),
          onRepair: () => tell(trans.__('Repair'), repair),
          trans
        });
        return React.createElement(
          React.Fragment,
          null,
          details,
          config.config !== null && renderPlaces(config.config)
        );
      }
    });

    function renderPlaces(current: IConfig): React.JSX.Element {
      return React.createElement(Places, {
        config: current,
        onAddSource: () => void askSource(settings, trans),
        onAddGateway: () => void askGateway(settings, trans),
        onRemove: (key, place) =>
          tell(trans.__('Remove'), async () => {
            // Anew: another page may have changed the list.
            const { [key]: places } = await getConfig(settings);
            await onChange({ [key]: places.filter(each => each !== place) });
          }),
        trans
      });
    }

    async function onChange(change: IConfigChange): Promise<void> {
      await config.change(change);
      await node.refresh();
    }

    async function agree(): Promise<void> {
      // Anew: another page, or a kernel, may have changed the list.
      const { announce, kubo_url } = await getConfig(settings);
      if (await askToAnnounce(kubo_url, trans)) {
        await onChange({ announce: [...announce, kubo_url] });
      }
    }

    /** Do what a button says, and say what went wrong if it did. */
    function tell(label: string, act: () => Promise<void>): void {
      void told(trans.__('It did not work: %1', label), act);
    }

    async function askHealth(): Promise<void> {
      try {
        health = await getHealth(settings);
      } catch {
        // The status says what is wrong with the server.
        health = null;
      }
      changed.emit();
    }

    async function freeSpace(): Promise<void> {
      const { state } = node;
      const cache =
        state.kind === 'answered' ? (state.status.disk?.cache ?? 0) : 0;
      const agreed = await confirmLoss(
        trans.__('Free space?'),
        [
          trans.__(
            'What is kept stays. What is marked “not kept”, and what was only fetched, is deleted from this computer.'
          ),
          cache > 0
            ? trans.__(
                'What was only fetched takes %1.',
                sizeText(cache, trans)
              )
            : trans.__('Nothing here was only fetched.')
        ],
        trans.__('Free space'),
        trans
      );
      if (!agreed) {
        return;
      }
      const { size } = await jobs.run('gc', {});
      Notification.success(
        typeof size === 'number' && size > 0
          ? trans.__('%1 are free again', sizeText(size, trans))
          : trans.__('There was nothing to delete'),
        { autoClose: 5000 }
      );
      await node.refresh();
    }

    async function check(): Promise<void> {
      await jobs.run('check', {});
      await Promise.all([askHealth(), node.refresh()]);
      if (health === null || health.damaged.length > 0) {
        return; // The section says what is damaged.
      }
      const { state } = node;
      const here =
        state.kind === 'answered' ? (state.status.local ?? state.status) : null;
      Notification.success(
        typeof here?.blocks === 'number'
          ? trans.__(
              'Checked: all %1 blocks are intact',
              here.blocks.toLocaleString()
            )
          : trans.__('Checked: everything is intact'),
        { autoClose: 5000 }
      );
    }

    async function repair(): Promise<void> {
      const agreed = await askYesOrNo(
        trans.__('Repair?'),
        trans.__(
          'What can be put right from other copies is. What was found again counts as yours from then on.'
        ),
        trans.__('Repair'),
        trans
      );
      if (agreed) {
        await jobs.run('repair', {});
        await askHealth();
      }
    }
  }
};
