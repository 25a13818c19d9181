import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { AssetSort, IAssetQuery, IBoughtAsset } from '../api/ocean';
import { KINDS } from '../api/ocean';
import type { MarketList as List, MarketModel } from '../models/market';
import { NO_QUERY } from '../models/market';
import { plainText } from '../models/plainText';
import { AssetCard } from './AssetCard';
import { amountText, kindText, whenText } from './marketWords';
import { Practice } from './Practice';
import { ProblemNote } from './ProblemNote';

/** How long typing has to rest before the server is asked. */
const TYPING_MS = 250;

const LISTS = ['all', 'published', 'bought'] as const;

export interface IMarketListProps {
  readonly model: MarketModel;
  /** The practice account that acts; `null` where there is no practice or nobody signed in. */
  readonly practiceAs: string | null;
  readonly canSwitch: boolean;
  /** Whether somebody is signed in; `null` if there is no wallet part. */
  readonly isSignedIn: boolean | null;
  readonly onBeAs: (label: string) => void;
  readonly onSignIn: () => void;
  readonly onPublish: () => void;
  readonly onOpen: (did: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * What is offered, and what is one's own.
 */
export function MarketList(props: IMarketListProps): React.JSX.Element {
  const { model, trans } = props;
  const { failure, list, status } = model;
  const isMine = list !== 'all';
  return (
    <>
      <MarketHead {...props} />
      <div
        className="jp-Ipfs-marketTabs"
        role="group"
        aria-label={trans.__('Which assets')}
      >
        {LISTS.map(each => (
          <button
            key={each}
            type="button"
            aria-pressed={each === list}
            onClick={() => void model.show(each)}
          >
            {listText(each, trans)}
          </button>
        ))}
      </div>
      {!isMine && <Filters model={model} trans={trans} />}
      <div className="jp-Ipfs-marketBody">
        {failure !== null && (
          <ProblemNote problem={failure}>
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={() => void model.refresh()}
            >
              {trans.__('Try again')}
            </button>
          </ProblemNote>
        )}
        {status !== null && !status.ready && status.missing.length > 0 && (
          <div className="jp-Ipfs-message">
            <ul>
              {status.missing.map((sentence, index) => (
                <li key={index}>
                  <bdi>{plainText(sentence, 1000)}</bdi>
                </li>
              ))}
            </ul>
          </div>
        )}
        {isMine && props.isSignedIn === false && (
          <p>
            {trans.__('Sign in to see what is yours.')}{' '}
            <button
              type="button"
              className="jp-Ipfs-button"
              onClick={props.onSignIn}
            >
              {trans.__('Sign in')}
            </button>
          </p>
        )}
        {list === 'published' && <Earned model={model} trans={trans} />}
        <p role="status" className="jp-Ipfs-count">
          {countText(model, trans)}
        </p>
        <Cards {...props} />
        {model.total > model.assets.length && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void model.more()}
          >
            {trans.__('Show more')}
          </button>
        )}
      </div>
    </>
  );
}

function listText(list: List, trans: TranslationBundle): string {
  switch (list) {
    case 'all':
      return trans.__('All');
    case 'published':
      return trans.__('Published by me');
    case 'bought':
      return trans.__('Bought by me');
  }
}

function countText(model: MarketModel, trans: TranslationBundle): string {
  if (!model.isLoaded) {
    return model.failure === null ? trans.__('Looking…') : '';
  }
  if (model.total > 0) {
    return trans._n('%1 asset', '%1 assets', model.total);
  }
  switch (model.list) {
    case 'published':
      return trans.__('You have published nothing here yet.');
    case 'bought':
      return trans.__('You have got nothing here yet.');
    case 'all':
      return isFiltered(model.query)
        ? trans.__('Nothing fits. Take a filter away or search for less.')
        : trans.__('Nothing is published here yet.');
  }
}

function isFiltered(query: IAssetQuery): boolean {
  return (['query', 'kind', 'price', 'tag', 'author'] as const).some(
    name => query[name] !== ''
  );
}

/** Where this is, and as whom. */
export function MarketHead(
  props: Pick<
    IMarketListProps,
    'model' | 'practiceAs' | 'canSwitch' | 'onBeAs' | 'onPublish' | 'trans'
  >
): React.JSX.Element {
  const { model, practiceAs, trans } = props;
  const { status } = model;
  return (
    <header className="jp-Ipfs-marketHead">
      <h2>{trans.__('Market')}</h2>
      {status !== null && (
        <span className="jp-Ipfs-marketPlace">
          <bdi>{plainText(status.chain.title, 80)}</bdi>
        </span>
      )}
      <span className="jp-Ipfs-marketTools">
        {props.canSwitch && (
          <label className="jp-Ipfs-radio">
            <input
              type="checkbox"
              role="switch"
              checked={practiceAs === 'buyer'}
              onChange={event =>
                props.onBeAs(event.target.checked ? 'buyer' : 'author')
              }
            />
            {trans.__('See it as a buyer')}
          </label>
        )}
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          onClick={props.onPublish}
        >
          {trans.__('Publish…')}
        </button>
      </span>
      {status?.chain.practice === true && <Practice trans={trans} />}
    </header>
  );
}

function Filters(props: {
  model: MarketModel;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const { query } = model;
  return (
    <div role="search" className="jp-Ipfs-filters">
      <Typed
        model={model}
        name="query"
        label={trans.__('Search titles, descriptions and tags')}
        placeholder={trans.__('Search')}
      />
      <select
        className="jp-Ipfs-input"
        aria-label={trans.__('Kind')}
        value={query.kind}
        onChange={event =>
          void model.search({
            kind: event.target.value as IAssetQuery['kind']
          })
        }
      >
        <option value="">{trans.__('All kinds')}</option>
        {KINDS.map(kind => (
          <option key={kind} value={kind}>
            {kindText(kind, trans)}
          </option>
        ))}
      </select>
      <select
        className="jp-Ipfs-input"
        aria-label={trans.__('Price')}
        value={query.price}
        onChange={event =>
          void model.search({
            price: event.target.value as IAssetQuery['price']
          })
        }
      >
        <option value="">{trans.__('Free or paid')}</option>
        <option value="free">{trans.__('Free')}</option>
        <option value="paid">{trans.__('Paid')}</option>
      </select>
      <Typed
        model={model}
        name="tag"
        label={trans.__('Tag')}
        placeholder={trans.__('Tag')}
      />
      <Typed
        model={model}
        name="author"
        label={trans.__('Author')}
        placeholder={trans.__('Author')}
      />
      <select
        className="jp-Ipfs-input"
        aria-label={trans.__('Sort by')}
        value={query.sort}
        onChange={event =>
          void model.search({ sort: event.target.value as AssetSort })
        }
      >
        <option value="newest">{trans.__('Newest first')}</option>
        <option value="relevance">{trans.__('Best fit first')}</option>
        <option value="price">{trans.__('Cheapest first')}</option>
        <option value="orders">{trans.__('Most ordered first')}</option>
      </select>
      {isFiltered(query) && (
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => void model.search({ ...NO_QUERY, sort: query.sort })}
        >
          {trans.__('Clear')}
        </button>
      )}
    </div>
  );
}

/** A filter that is typed; the server is asked when typing rests. */
function Typed(props: {
  model: MarketModel;
  name: 'query' | 'tag' | 'author';
  label: string;
  placeholder: string;
}): React.JSX.Element {
  const { model, name } = props;
  const value = model.query[name];
  const [text, setText] = React.useState(value);
  const [asked, setAsked] = React.useState(value);
  if (asked !== value) {
    // Changed elsewhere: a tag was clicked, or all was cleared.
    setAsked(value);
    setText(value);
  }

  React.useEffect(() => {
    if (text === value) {
      return;
    }
    const timer = window.setTimeout(() => {
      setAsked(text);
      void model.search({ [name]: text });
    }, TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text, value, name, model]);

  return (
    <input
      type="search"
      className="jp-Ipfs-input"
      aria-label={props.label}
      placeholder={props.placeholder}
      data-filter={name}
      value={text}
      onChange={event => setText(event.target.value)}
    />
  );
}

function Cards(props: IMarketListProps): React.JSX.Element | null {
  const { model, trans } = props;
  if (model.assets.length === 0) {
    return null;
  }
  return (
    <ul className="jp-Ipfs-assets">
      {model.assets.map(asset => (
        <li key={asset.did}>
          <AssetCard
            asset={asset}
            onOpen={() => props.onOpen(asset.did)}
            onTag={
              model.list === 'all'
                ? tag => void model.search({ tag })
                : undefined
            }
            trans={trans}
          />
          {model.list === 'bought' && (
            <p className="jp-Ipfs-why">
              {boughtText(asset as IBoughtAsset, trans)}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function boughtText(asset: IBoughtAsset, trans: TranslationBundle): string {
  const at = whenText(asset.bought_at) ?? '?';
  const until = whenText(asset.valid_until);
  return until === null
    ? trans.__('Got on %1; it can be downloaded forever.', at)
    : trans.__('Got on %1; it can be downloaded until %2.', at, until);
}

function Earned(props: {
  model: MarketModel;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { model, trans } = props;
  const earned = model.mine?.earned ?? [];
  if (earned.length === 0) {
    return null;
  }
  return (
    <p className="jp-Ipfs-earned">
      {trans.__('You have earned %1.', earned.map(amountText).join(', '))}{' '}
      {earned
        .filter(({ waiting }) => /[1-9]/.test(waiting))
        .map(({ waiting, symbol }) =>
          trans.__(
            '%1 of it lies in the exchange until you take it out.',
            amountText({ amount: waiting, symbol })
          )
        )
        .join(' ')}
    </p>
  );
}
