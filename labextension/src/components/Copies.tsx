import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { ICopy } from '../api/items';
import { plainText } from '../models/plainText';
import { problemOf } from '../models/problem';
import { copyText, evidenceText, isOnlyHere } from './copyWords';

export interface ICopiesProps {
  readonly copies: readonly ICopy[];
  /** Whether it stays when space is needed. */
  readonly isKept: boolean;
  /** Fetches a few blocks from a place, and tells when that was. */
  readonly onCheck: (copy: ICopy) => Promise<void>;
  readonly onSaveCAR: () => void;
  readonly onSend: () => void;
  readonly onServe: () => void;
  readonly trans: TranslationBundle;
}

/**
 * Who has a copy, from evidence, and how to make another.
 */
export function Copies(props: ICopiesProps): React.JSX.Element {
  const { copies, isKept, trans } = props;
  return (
    <div className="jp-Ipfs-copies">
      {copies.length === 0 ? (
        <p>{trans.__('There is no copy that we know of.')}</p>
      ) : (
        <ul>
          {copies.map(copy => (
            <CopyLine
              key={`${copy.kind} ${copy.place}`}
              copy={copy}
              onCheck={props.onCheck}
              trans={trans}
            />
          ))}
        </ul>
      )}
      {!isKept && copies.some(({ kind }) => kind === 'here') && (
        <p>
          {trans.__(
            'On this computer it is not kept: it goes when space is needed.'
          )}
        </p>
      )}
      {isOnlyHere(copies) && (
        <p>
          {trans.__(
            'If this computer is lost, so is this. “This computer” is the one that runs this Jupyter server.'
          )}
        </p>
      )}
      <h4>{trans.__('Make it available')}</h4>
      <div className="jp-Ipfs-choices">
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onSaveCAR}
        >
          {trans.__('Save as CAR file…')}
        </button>
        <button type="button" className="jp-Ipfs-button" onClick={props.onSend}>
          {trans.__('Send to a folder or Kubo…')}
        </button>
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={props.onServe}
        >
          {trans.__('Serve from here…')}
        </button>
      </div>
    </div>
  );
}

function CopyLine(props: {
  copy: ICopy;
  onCheck: (copy: ICopy) => Promise<void>;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { copy, onCheck, trans } = props;
  const [told, setTold] = React.useState('');
  const [checkedAt, setCheckedAt] = React.useState(copy.checked_at);
  const [isBusy, setBusy] = React.useState(false);
  const isElsewhere = copy.kind !== 'here' && copy.kind !== 'served';

  const check = async (): Promise<void> => {
    setBusy(true);
    setTold(trans.__('Checking…'));
    try {
      await onCheck(copy);
      setCheckedAt(Date.now() / 1000);
      setTold(trans.__('Blocks were fetched from there just now.'));
    } catch (error) {
      setTold(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <li>
      <span>
        <span className="jp-Ipfs-copyText">
          <bdi>{copyText(copy, trans)}</bdi>
        </span>
        {isElsewhere && (
          <span className="jp-Ipfs-copyPlace">
            <bdi>{plainText(copy.place)}</bdi>
            {' · '}
            {evidenceText({ ...copy, checked_at: checkedAt }, trans)}
          </span>
        )}
        <span role="status">{told}</span>
      </span>
      {isElsewhere && (
        <button
          type="button"
          className="jp-Ipfs-button"
          disabled={isBusy}
          onClick={() => void check()}
        >
          {trans.__('Check')}
        </button>
      )}
    </li>
  );
}
