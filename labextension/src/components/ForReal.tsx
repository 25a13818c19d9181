import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IConfigChange } from '../api/config';
import type { IOceanStatus } from '../api/ocean';
import { plainText } from '../models/plainText';

export interface IForRealProps {
  readonly status: IOceanStatus;
  /** What is missing besides what the server knows of. */
  readonly alsoMissing: readonly string[];
  readonly onUse: (config: IConfigChange) => void;
  readonly trans: TranslationBundle;
}

/**
 * From play money to a chain: which, by which Ocean Node, and what is still missing.
 */
export function ForReal(props: IForRealProps): React.JSX.Element {
  const { status, trans } = props;
  const { chain } = status;
  return (
    <section
      className="jp-Ipfs-forReal"
      aria-label={trans.__('Publish for real')}
    >
      <h4>{trans.__('Publish for real')}</h4>
      {chain.practice ? (
        <Choice {...props} />
      ) : (
        <>
          <p>
            {trans.__(
              'On %1, by %2. What is signed from here on is real and costs real fees.',
              plainText(chain.title, 60) ?? '',
              plainText(status.ocean_node.url, 200) ??
                trans.__('no Ocean Node yet')
            )}
          </p>
          <Missing {...props} />
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => props.onUse({ chain: 'sandbox' })}
          >
            {trans.__('Back to practice')}
          </button>
        </>
      )}
    </section>
  );
}

function Choice(props: IForRealProps): React.JSX.Element {
  const { status, trans, onUse } = props;
  const chains = status.chains.filter(({ practice }) => !practice);
  const [name, setName] = React.useState(
    chains.length > 0 ? chains[0].name : ''
  );
  const [node, setNode] = React.useState('');
  const [rpc, setRPC] = React.useState('');
  const title = chains.find(chain => chain.name === name)?.title ?? name;
  return (
    <form
      className="jp-Ipfs-fields"
      onSubmit={event => {
        event.preventDefault();
        onUse({ chain: name, ocean_node: node.trim(), rpc_url: rpc.trim() });
      }}
    >
      <p>
        {trans.__(
          'The form stays as you filled it in. The chain and the Ocean Node are used from then on by this sidebar and by your notebooks, until you go back to practice. Nothing is signed yet.'
        )}
      </p>
      <label className="jp-Ipfs-field">
        <span>{trans.__('Chain')}</span>
        <select
          className="jp-Ipfs-input"
          value={name}
          onChange={event => setName(event.target.value)}
        >
          {chains.map(chain => (
            <option key={chain.name} value={chain.name}>
              {plainText(chain.title, 60)}
            </option>
          ))}
        </select>
      </label>
      <label className="jp-Ipfs-field">
        <span>{trans.__('Ocean Node')}</span>
        <input
          className="jp-Ipfs-input"
          type="url"
          placeholder="https://"
          value={node}
          onChange={event => setNode(event.target.value)}
        />
      </label>
      <label className="jp-Ipfs-field">
        <span>{trans.__('The chain’s RPC address')}</span>
        <input
          className="jp-Ipfs-input"
          type="url"
          placeholder="https://"
          value={rpc}
          onChange={event => setRPC(event.target.value)}
        />
      </label>
      <p className="jp-Ipfs-why">
        {trans.__(
          'You will need: a browser wallet with an account on that chain, some of its coin for fees, an Ocean Node that serves it, and content that this node can fetch.'
        )}
      </p>
      <button
        type="submit"
        className="jp-Ipfs-button jp-Ipfs-mod-accept"
        disabled={name === '' || node.trim() === '' || rpc.trim() === ''}
      >
        {trans.__('Use %1', plainText(title, 60) ?? '')}
      </button>
    </form>
  );
}

function Missing(props: IForRealProps): React.JSX.Element {
  const { status, alsoMissing, trans } = props;
  const missing = [...status.missing, ...alsoMissing];
  if (missing.length === 0) {
    return <p>{trans.__('Nothing is missing.')}</p>;
  }
  return (
    <div className="jp-Ipfs-message">
      <p>{trans.__('Still missing:')}</p>
      <ul>
        {missing.map((sentence, index) => (
          <li key={index}>
            <bdi>{plainText(sentence, 1000)}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
