import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IConfig } from '../api/config';
import { whoSet } from '../models/config';
import { plainText } from '../models/plainText';
import { IconButton } from './IconButton';

type Key = 'sources' | 'gateways';

export interface IPlacesProps {
  readonly config: IConfig;
  readonly onAddSource: () => void;
  readonly onAddGateway: () => void;
  readonly onRemove: (key: Key, place: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Where what is not here is looked for, in the order in which they are asked.
 */
export function Places(props: IPlacesProps): React.JSX.Element {
  const { config, trans } = props;
  const isEmpty = config.sources.length + config.gateways.length === 0;
  const id = React.useId();
  return (
    <div className="jp-Ipfs-node jp-Ipfs-places">
      <p id={id} className="jp-Ipfs-label">
        {trans.__('Where to look for what is not here')}
      </p>
      {isEmpty && !config.public_gateways && (
        <p>
          {trans.__(
            'Nowhere yet. Add the folder that your colleagues put their files into, or a gateway.'
          )}
        </p>
      )}
      <ul aria-labelledby={id}>
        <Lines {...props} name="sources" />
        <Lines {...props} name="gateways" />
        {config.public_gateways && (
          <li>{trans.__('The public gateways, last')}</li>
        )}
      </ul>
      <div className="jp-Ipfs-choices">
        {whoSet(config, 'sources') === null && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onAddSource}
          >
            {trans.__('Add folder or CAR…')}
          </button>
        )}
        {whoSet(config, 'gateways') === null && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onAddGateway}
          >
            {trans.__('Add gateway…')}
          </button>
        )}
      </div>
      {(whoSet(config, 'sources') ?? whoSet(config, 'gateways')) !== null && (
        <p className="jp-Ipfs-why">
          {trans.__(
            'What cannot be removed is set by the administrator or by an environment variable of this server.'
          )}
        </p>
      )}
    </div>
  );
}

function Lines(props: IPlacesProps & { name: Key }): React.JSX.Element {
  const { config, name, trans } = props;
  const isOurs = whoSet(config, name) === null;
  return (
    <>
      {config[name].map(place => (
        <li key={place} className="jp-Ipfs-place">
          <bdi title={plainText(place) ?? ''}>{plainText(place)}</bdi>
          {isOurs && (
            <IconButton
              icon={closeIcon}
              label={trans.__('Remove %1', plainText(place) ?? '')}
              onClick={() => props.onRemove(name, place)}
            />
          )}
        </li>
      ))}
    </>
  );
}
