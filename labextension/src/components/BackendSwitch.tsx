import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IConfig, IConfigChange } from '../api/config';
import { whoSet } from '../models/config';
import { problemOf, problemText } from '../models/problem';

export interface IBackendSwitchProps {
  readonly config: IConfig;
  /** Changes settings; rejects with what the server says. */
  readonly onChange: (change: IConfigChange) => Promise<void>;
  readonly trans: TranslationBundle;
}

/**
 * Where what is stored goes from now on: the node in this server, or a Kubo.
 */
export function BackendSwitch(props: IBackendSwitchProps): React.JSX.Element {
  const { config, onChange, trans } = props;
  const [backend, setBackend] = React.useState(config.backend);
  const [url, setURL] = React.useState(config.kubo_url);
  const [token, setToken] = React.useState('');
  const [told, setTold] = React.useState('');
  const [isBusy, setBusy] = React.useState(false);
  const group = React.useId();

  React.useEffect(() => {
    setBackend(config.backend);
    setURL(config.kubo_url);
  }, [config.backend, config.kubo_url]);

  const isDifferent =
    backend !== config.backend ||
    (backend === 'kubo' && (url !== config.kubo_url || token !== ''));

  const use = async (): Promise<void> => {
    setBusy(true);
    setTold(trans.__('Switching…'));
    try {
      await onChange({
        ...(backend === config.backend ? {} : { backend }),
        ...(backend === 'kubo' && url !== config.kubo_url
          ? { kubo_url: url.trim() }
          : {}),
        ...(token === '' ? {} : { kubo_token: withScheme(token.trim()) })
      });
      setToken('');
      setTold(trans.__('Used from now on, by kernels too.'));
    } catch (error) {
      setTold(problemText(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="jp-Ipfs-backend"
      onSubmit={event => {
        event.preventDefault();
        void use();
      }}
    >
      <fieldset disabled={whoSet(config, 'backend') !== null}>
        <legend>{trans.__('Store new content')}</legend>
        {config.backends.map(each => (
          <label key={each} className="jp-Ipfs-radio">
            <input
              type="radio"
              name={group}
              value={each}
              checked={backend === each}
              onChange={() => setBackend(each)}
            />
            <span>{backendText(each, trans)}</span>
          </label>
        ))}
      </fieldset>
      <Why config={config} name="backend" trans={trans} />
      {backend === 'kubo' && (
        <>
          <label className="jp-Ipfs-field">
            <span>{trans.__('Address of its RPC API')}</span>
            <input
              type="url"
              className="jp-Ipfs-input"
              value={url}
              required
              disabled={whoSet(config, 'kubo_url') !== null}
              onChange={event => setURL(event.target.value)}
            />
          </label>
          <Why config={config} name="kubo_url" trans={trans} />
          <label className="jp-Ipfs-field">
            <span>{trans.__('Token, if it asks for one')}</span>
            <input
              type="password"
              className="jp-Ipfs-input"
              autoComplete="off"
              value={token}
              placeholder={
                config.kubo_token === null
                  ? trans.__('none')
                  : trans.__(
                      '…%1, from %2',
                      config.kubo_token.last4,
                      config.kubo_token.source
                    )
              }
              disabled={whoSet(config, 'kubo_token') !== null}
              onChange={event => setToken(event.target.value)}
            />
          </label>
          <Why config={config} name="kubo_token" trans={trans} />
        </>
      )}
      {isDifferent && (
        <>
          <p>
            {trans.__(
              'Nothing moves or disappears: what is kept on this computer stays there.'
            )}
          </p>
          <button
            type="submit"
            className="jp-Ipfs-button jp-Ipfs-mod-accept"
            disabled={isBusy}
          >
            {trans.__('Use it')}
          </button>
        </>
      )}
      <p role="status" className="jp-Ipfs-told">
        {told}
      </p>
    </form>
  );
}

/** Why a setting is not to be changed here. */
function Why(props: {
  config: IConfig;
  name: string;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { config, name, trans } = props;
  switch (whoSet(config, name)) {
    case 'administrator':
      return (
        <p className="jp-Ipfs-why">
          {trans.__('Set by the administrator of this server.')}
        </p>
      );
    case 'environment':
      return (
        <p className="jp-Ipfs-why">
          {trans.__(
            'Set by an environment variable of this server, which counts more than what is chosen here.'
          )}
        </p>
      );
    case null:
      return null;
  }
}

function backendText(backend: string, trans: TranslationBundle): string {
  switch (backend) {
    case 'embedded':
      return trans.__('on this computer');
    case 'kubo':
      return trans.__('on a Kubo');
    default:
      return trans.__('on %1', backend);
  }
}

/** Kubo's RPC wants `bearer:…` or `basic:…`; a bare token is a bearer's. */
function withScheme(token: string): string {
  return /^(bearer|basic):/.test(token) ? token : `bearer:${token}`;
}
