import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, errorIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IConfig, IConfigChange } from '../api/config';
import type { IHealth } from '../api/health';
import type { IBackendStatus, IDisk, INodeAnswer } from '../api/status';
import { BackendSwitch } from './BackendSwitch';
import { sizeText } from './size';

export interface INodeDetailsProps {
  readonly status: INodeAnswer;
  readonly config: IConfig | null;
  readonly health: IHealth | null;
  readonly onChange: (change: IConfigChange) => Promise<void>;
  /** Asks a Kubo how it is, before it is used. */
  readonly onTest: (
    url: string,
    token: string | null
  ) => Promise<IBackendStatus>;
  readonly onRetry: () => void;
  /** Agree that what is stored there becomes public. */
  readonly onAgree: () => void;
  readonly onFreeSpace: () => void;
  readonly onCheck: () => void;
  readonly onRepair: () => void;
  readonly trans: TranslationBundle;
}

/**
 * Which node it is, whether it works, what it takes of the disk, and where to store from now on.
 */
export function NodeDetails(props: INodeDetailsProps): React.JSX.Element {
  const { status, config, health, trans } = props;
  return (
    <div className="jp-Ipfs-node">
      <Health status={status} onRetry={props.onRetry} trans={trans} />
      {config !== null && needsConsent(status, config) && (
        <div className="jp-Ipfs-message">
          <p>
            {trans.__(
              'This node announces what it holds: anyone can find and read it. Nothing is stored there before you agree.'
            )}
          </p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onAgree}
          >
            {trans.__('Agree…')}
          </button>
        </div>
      )}
      {status.local && (
        <p>
          {trans.__(
            'What was stored on this computer before is still there, and listed above. “Copy to Kubo” in the menu of an item copies it.'
          )}
        </p>
      )}
      {status.disk && (
        <Disk
          disk={status.disk}
          title={status.repo}
          isLocalOnly={Boolean(status.local)}
          trans={trans}
        />
      )}
      {health !== null && <Damage health={health} trans={trans} />}
      <div className="jp-Ipfs-choices">
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onFreeSpace}
        >
          {trans.__('Free space…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onCheck}
        >
          {trans.__('Check')}
        </button>
        {health !== null &&
          (health.damaged.length > 0 || health.recovery !== null) && (
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onRepair}
            >
              {trans.__('Repair…')}
            </button>
          )}
      </div>
      {config !== null && (
        <BackendSwitch
          config={config}
          onChange={props.onChange}
          onTest={props.onTest}
          trans={trans}
        />
      )}
    </div>
  );
}

function needsConsent(status: INodeAnswer, config: IConfig): boolean {
  return status.public && !config.announce.includes(config.kubo_url);
}

function Health(props: {
  status: INodeAnswer;
  onRetry: () => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { status, onRetry, trans } = props;
  const Icon = status.healthy ? checkIcon : errorIcon;
  return (
    <div className="jp-Ipfs-health" aria-live="polite">
      <Icon.react
        tag="span"
        className="jp-Ipfs-healthIcon"
        aria-hidden="true"
      />
      <div>
        <p className="jp-Ipfs-label">
          {status.healthy ? trans.__('Works') : trans.__('Does not work')}
        </p>
        <p title={`${status.label}\n${status.detail}`}>
          {status.backend === 'embedded' ? (
            trans.__(
              'On this computer, which is the one that runs this Jupyter server.'
            )
          ) : (
            <bdi>{status.label}</bdi>
          )}
        </p>
        {!status.healthy && status.detail !== '' && <p>{status.detail}</p>}
        <p>
          {status.public
            ? trans.__('What is stored here is announced publicly.')
            : trans.__('Nothing is announced to the public IPFS network.')}
        </p>
        {!status.healthy && (
          <button type="button" className="jp-Ipfs-button" onClick={onRetry}>
            {trans.__('Ask again')}
          </button>
        )}
      </div>
    </div>
  );
}

function Disk(props: {
  disk: IDisk;
  /** Where it is. */
  title: string | undefined;
  /** Whether what is stored from now on goes elsewhere. */
  isLocalOnly: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { disk, trans } = props;
  return (
    <div>
      {props.isLocalOnly && (
        <p className="jp-Ipfs-label">{trans.__('On this computer')}</p>
      )}
      <p title={props.title}>
        {disk.quota === null
          ? trans.__(
              '%1 used, %2 free on the disk',
              sizeText(disk.used, trans),
              sizeText(disk.free, trans)
            )
          : trans.__(
              '%1 of %2 used',
              sizeText(disk.used, trans),
              sizeText(disk.quota, trans)
            )}
      </p>
      {disk.quota !== null && (
        <meter
          className="jp-Ipfs-meter"
          aria-label={trans.__('Disk space used')}
          min={0}
          max={disk.quota}
          high={disk.quota * 0.9}
          value={disk.used}
        />
      )}
      {disk.cache > 0 && (
        <p>
          {trans.__(
            '%1 of it was only fetched, and goes when space is needed',
            sizeText(disk.cache, trans)
          )}
        </p>
      )}
    </div>
  );
}

function Damage(props: {
  health: IHealth;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { health, trans } = props;
  return (
    <div>
      {health.damaged.length > 0 && (
        <div className="jp-Ipfs-message" role="alert">
          <p className="jp-Ipfs-label">
            {trans._n(
              '%1 problem was found:',
              '%1 problems were found:',
              health.damaged.length
            )}
          </p>
          <ul>
            {health.damaged.slice(0, 5).map(each => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </div>
      )}
      {health.recovery !== null && (
        <div className="jp-Ipfs-message" role="alert">
          <p>
            {trans.__(
              'The list of names was lost and put together again from what is on the disk. Nothing is deleted until you have looked at it and pressed Repair.'
            )}
          </p>
        </div>
      )}
      <p>
        {health.checked_at === null
          ? trans.__(
              'Not checked yet whether everything is still as it was stored.'
            )
          : checkedText(health, health.checked_at, trans)}
      </p>
    </div>
  );
}

function checkedText(
  health: IHealth,
  checkedAt: number,
  trans: TranslationBundle
): string {
  const when = Time.formatHuman(new Date(checkedAt * 1000));
  return health.damaged.length === 0
    ? trans.__('Everything was intact when it was checked, %1.', when)
    : trans.__('Checked %1', when);
}
