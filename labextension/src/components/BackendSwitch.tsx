import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IConfig, IConfigChange } from '../api/config';
import type { IBackendStatus } from '../api/status';
import { whoSet } from '../models/config';
import { problemOf, problemText } from '../models/problem';

export interface IBackendSwitchProps {
  readonly config: IConfig;
  /** Changes settings; rejects with what the server says. */
  readonly onChange: (change: IConfigChange) => Promise<void>;
  /** Asks a Kubo how it is, before it is used. */
  readonly onTest: (
    url: string,
    token: string | null
  ) => Promise<IBackendStatus>;
  readonly trans: TranslationBundle;
}

/**
 * Where what is stored goes from now on: the node in this server, or a Kubo.
 */
export function BackendSwitch(props: IBackendSwitchProps): React.JSX.Element {
  const { config, onChange, onTest, trans } = props;
  const [backend, setBackend] = React.useState(config.backend);
  const [url, setURL] = React.useState(config.kubo_url);
  const [token, setToken] = React.useState('');
  const [told, setTold] = React.useState('');
  const [isRefused, setRefused] = React.useState(false);
  const [isBusy, setBusy] = React.useState(false);
  const group = React.useId();

  React.useEffect(() => {
    setBackend(config.backend);
    setURL(config.kubo_url);
  }, [config.backend, config.kubo_url]);

  const isDifferent =
    backend !== config.backend ||
    (backend === 'kubo' && (url !== config.kubo_url || token !== ''));

  // What was told was about what stood there before.
  const clear = (): void => {
    setTold('');
    setRefused(false);
  };

  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setTold(problemText(problemOf(error)));
    } finally {
      setBusy(false);
    }
  };

  const save = async (): Promise<void> => {
    setRefused(false);
    setTold(trans.__('Switching…'));
    await onChange({
      ...(backend === config.backend ? {} : { backend }),
      ...(backend === 'kubo' && url !== config.kubo_url
        ? { kubo_url: url.trim() }
        : {}),
      ...(backend === 'kubo' && token !== ''
        ? { kubo_token: withScheme(token.trim()) }
        : {})
    });
    setToken('');
    setTold(trans.__('Used from now on, by kernels too.'));
  };

  const testAndSave = async (): Promise<void> => {
    setRefused(false);
    setTold(trans.__('Asking whether it answers…'));
    const status = await onTest(
      url.trim(),
      token === '' ? null : withScheme(token.trim())
    );
    if (status.healthy) {
      await save();
    } else {
      setRefused(true);
      setTold(trans.__('Not used: %1', status.detail));
    }
  };

  const confirm = isDifferent && (
    <div className="jp-Ipfs-choices">
      <button
        type="submit"
        className="jp-Ipfs-button jp-Ipfs-mod-accept"
        disabled={isBusy}
      >
        {backend === 'kubo'
          ? trans.__('Test and use')
          : trans.__('Use from now on')}
      </button>
      {isRefused && (
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={isBusy}
          onClick={() => void act(save)}
        >
          {trans.__('Use it anyway')}
        </button>
      )}
    </div>
  );

  return (
    <form
      className="jp-Ipfs-backend"
      onSubmit={event => {
        event.preventDefault();
        void act(backend === 'kubo' ? testAndSave : save);
      }}
    >
      <fieldset>
        <legend>{trans.__('Store new content')}</legend>
        {config.backends.map(each => (
          <React.Fragment key={each}>
            <label className="jp-Ipfs-radio">
              <input
                type="radio"
                name={group}
                value={each}
                checked={backend === each}
                disabled={isBusy || whoSet(config, 'backend') !== null}
                onChange={() => {
                  setBackend(each);
                  clear();
                }}
              />
              <span>{backendText(each, trans)}</span>
            </label>
            {backend === each && (
              <div className="jp-Ipfs-chosen">
                {each === 'kubo' && (
                  <KuboFields
                    config={config}
                    url={url}
                    token={token}
                    onURL={text => {
                      setURL(text);
                      clear();
                    }}
                    onToken={text => {
                      setToken(text);
                      clear();
                    }}
                    trans={trans}
                  />
                )}
                {isDifferent && (
                  <p>
                    {trans.__(
                      'Nothing moves or disappears: what is kept on this computer stays there.'
                    )}
                  </p>
                )}
                <p role="status" className="jp-Ipfs-told">
                  {told}
                </p>
                {confirm}
              </div>
            )}
          </React.Fragment>
        ))}
      </fieldset>
      <Why config={config} name="backend" trans={trans} />
    </form>
  );
}

/** Which Kubo. */
function KuboFields(props: {
  config: IConfig;
  url: string;
  token: string;
  onURL: (text: string) => void;
  onToken: (text: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { config, trans } = props;
  return (
    <>
      <p className="jp-Ipfs-why">
        {trans.__(
          'Kubo is the usual IPFS program. It runs on its own, here or on another machine, and several people can store on one.'
        )}
      </p>
      <label className="jp-Ipfs-field">
        <span>{trans.__('Address of its RPC API (setting kubo.url)')}</span>
        <input
          type="url"
          className="jp-Ipfs-input"
          value={props.url}
          required
          disabled={whoSet(config, 'kubo_url') !== null}
          onChange={event => props.onURL(event.target.value)}
        />
      </label>
      <Why config={config} name="kubo_url" trans={trans} />
      <label className="jp-Ipfs-field">
        <span>{trans.__('Token, if it asks for one (kubo.token)')}</span>
        <input
          type="password"
          className="jp-Ipfs-input"
          autoComplete="off"
          value={props.token}
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
          onChange={event => props.onToken(event.target.value)}
        />
      </label>
      <Why config={config} name="kubo_token" trans={trans} />
    </>
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
      return trans.__('on an IPFS server (Kubo)');
    default:
      return trans.__('on %1', backend);
  }
}

/** Kubo's RPC wants `bearer:…` or `basic:…`; a bare token is a bearer's. */
function withScheme(token: string): string {
  return /^(bearer|basic):/.test(token) ? token : `bearer:${token}`;
}
