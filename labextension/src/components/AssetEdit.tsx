import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetDetail } from '../api/ocean';
import { STATES } from '../api/ocean';
import { parseTags, priceProblem } from '../models/draft';
import type { OperationModel } from '../models/operation';
import { plainText } from '../models/plainText';
import { ChainSteps } from './ChainSteps';
import { problemText, stateText } from './marketWords';
import { ProblemNote } from './ProblemNote';

/** What of an asset can be changed by its owner. */
export interface IAssetChange {
  readonly title?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly price?: string;
}

export interface IAssetEditProps {
  readonly asset: IAssetDetail;
  readonly operation: OperationModel;
  readonly onEdit: (change: IAssetChange) => void;
  readonly onState: (state: string) => void;
  readonly onTransfer: (to: string) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * What only its owner can do: change its words and price, its state, and give it away.
 */
export function AssetEdit(props: IAssetEditProps): React.JSX.Element {
  const { operation, copy, trans } = props;
  const { state, steps } = operation;
  return (
    <section className="jp-Ipfs-own" aria-label={trans.__('Your asset')}>
      <h4>{trans.__('Your asset')}</h4>
      <details>
        <summary>{trans.__('Change its words and price')}</summary>
        <Words {...props} />
      </details>
      <State {...props} />
      <details>
        <summary>{trans.__('Give it to somebody else')}</summary>
        <Transfer {...props} />
      </details>
      <ChainSteps steps={steps} copy={copy} trans={trans} />
      <div role="status">
        {state.kind === 'running' && <p>{trans.__('Changing…')}</p>}
        {state.kind === 'done' && <p>{trans.__('Changed')}</p>}
      </div>
      {state.kind === 'broken' && state.problem !== null && (
        <ProblemNote problem={state.problem} />
      )}
    </section>
  );
}

function Words(props: IAssetEditProps): React.JSX.Element {
  const { asset, operation, onEdit, trans } = props;
  const [title, setTitle] = React.useState(asset.title);
  const [description, setDescription] = React.useState(asset.description);
  const [tags, setTags] = React.useState(asset.tags.join(', '));
  const [price, setPrice] = React.useState(asset.price?.amount ?? '');
  const problem = asset.price === null ? null : priceProblem(price);
  const change: IAssetChange = {
    ...(title === asset.title ? {} : { title }),
    ...(description === asset.description ? {} : { description }),
    ...(tags === asset.tags.join(', ') ? {} : { tags: parseTags(tags) }),
    ...(asset.price === null || price === asset.price.amount
      ? {}
      : { price: price.trim() })
  };
  return (
    <form
      className="jp-Ipfs-fields"
      onSubmit={event => {
        event.preventDefault();
        onEdit(change);
      }}
    >
      <label className="jp-Ipfs-field">
        <span>{trans.__('Title')}</span>
        <input
          className="jp-Ipfs-input"
          value={title}
          onChange={event => setTitle(event.target.value)}
        />
      </label>
      <label className="jp-Ipfs-field">
        <span>{trans.__('Description')}</span>
        <textarea
          className="jp-Ipfs-input jp-Ipfs-textarea"
          rows={5}
          value={description}
          onChange={event => setDescription(event.target.value)}
        />
      </label>
      <label className="jp-Ipfs-field">
        <span>{trans.__('Tags')}</span>
        <input
          className="jp-Ipfs-input"
          value={tags}
          onChange={event => setTags(event.target.value)}
        />
      </label>
      {asset.price !== null && (
        <label className="jp-Ipfs-field">
          <span>
            {trans.__('Price in %1', plainText(asset.price.symbol, 20) ?? '')}
          </span>
          <input
            className="jp-Ipfs-input"
            inputMode="decimal"
            aria-invalid={problem !== null}
            value={price}
            onChange={event => setPrice(event.target.value)}
          />
          <span className="jp-Ipfs-fieldProblem" aria-live="polite">
            {problem !== null && problemText(problem, trans)}
          </span>
        </label>
      )}
      <div className="jp-Ipfs-formEnd">
        <button
          type="submit"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          disabled={
            operation.isRunning ||
            problem !== null ||
            Object.keys(change).length === 0
          }
        >
          {trans.__('Save the change')}
        </button>
        <span className="jp-Ipfs-why">
          {trans.__('A change is a transaction; the chain keeps the old one.')}
        </span>
      </div>
    </form>
  );
}

function State(props: IAssetEditProps): React.JSX.Element {
  const { asset, operation, trans } = props;
  const [state, setState] = React.useState(asset.state);
  return (
    <form
      className="jp-Ipfs-inline"
      onSubmit={event => {
        event.preventDefault();
        props.onState(state);
      }}
    >
      <label>
        {trans.__('State')}{' '}
        <select
          className="jp-Ipfs-input jp-Ipfs-select"
          value={state}
          onChange={event => setState(event.target.value)}
        >
          {STATES.map(each => (
            <option key={each} value={each}>
              {stateText(each, trans)}
            </option>
          ))}
        </select>
      </label>
      <button
        type="submit"
        className="jp-Ipfs-button"
        disabled={operation.isRunning || state === asset.state}
      >
        {trans.__('Change the state')}
      </button>
    </form>
  );
}

function Transfer(props: IAssetEditProps): React.JSX.Element {
  const { operation, trans } = props;
  const [to, setTo] = React.useState('');
  const isAddress = /^0x[0-9a-f]{40}$/i.test(to.trim());
  return (
    <form
      className="jp-Ipfs-inline"
      onSubmit={event => {
        event.preventDefault();
        props.onTransfer(to.trim());
      }}
    >
      <label>
        {trans.__('To the address')}{' '}
        <input
          className="jp-Ipfs-input"
          placeholder="0x…"
          value={to}
          aria-invalid={to !== '' && !isAddress}
          onChange={event => setTo(event.target.value)}
        />
        <span className="jp-Ipfs-fieldProblem" aria-live="polite">
          {to !== '' &&
            !isAddress &&
            trans.__('This is no address: 0x and 40 digits from 0 to f.')}
        </span>
      </label>
      <button
        type="submit"
        className="jp-Ipfs-button"
        disabled={operation.isRunning || !isAddress}
      >
        {trans.__('Transfer…')}
      </button>
    </form>
  );
}
