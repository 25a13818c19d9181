import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IDifference } from '../api/bundles';
import type { BundleModel } from '../models/bundle';
import { plainLines, plainText } from '../models/plainText';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';
import { Section } from './Section';

/**
 * What differs between a bundle and another one.
 */
export function BundleDifference(props: {
  model: BundleModel;
  onCompare: () => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { model, trans } = props;
  const state = model.difference;
  return (
    <Section title={trans.__('Compared with another')}>
      <div role="status">
        {state.kind === 'asking' && <p>{trans.__('Comparing…')}</p>}
        {state.kind === 'here' && (
          <p>
            {trans.__(
              'Compared with %1.',
              plainText(state.value.other, 80) ?? ''
            )}
          </p>
        )}
      </div>
      {state.kind === 'failed' && <ProblemNote problem={state.problem} />}
      {state.kind === 'here' && (
        <Found found={state.value.found} trans={trans} />
      )}
      <button
        type="button"
        className="jp-Ipfs-button"
        disabled={state.kind === 'asking'}
        onClick={props.onCompare}
      >
        {trans.__('Compare with…')}
      </button>
    </Section>
  );
}

function Found(props: {
  found: IDifference;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { found, trans } = props;
  const { cells, inputs, environment } = found;
  if (cells.length + inputs.length + environment.length === 0) {
    return (
      <>
        <p>{trans.__('Cells, inputs and environment are the same.')}</p>
        <Facts found={found} trans={trans} />
      </>
    );
  }
  return (
    <>
      <p>
        {found.fetched > 0
          ? trans.__(
              'Only what differs was fetched: %1.',
              sizeText(found.fetched, trans)
            )
          : trans.__('Nothing had to be fetched for it.')}
      </p>
      <ul className="jp-Ipfs-bundleList">
        {cells.map(({ id, index, change, what, diff }) => (
          <li key={`cell ${id}`}>
            {trans.__('Cell %1: %2', index + 1, changeText(change, trans))}
            {what.length > 0 && (
              <> ({what.map(each => plainText(each)).join(', ')})</>
            )}
            {diff !== '' && (
              <details>
                <summary>{trans.__('What differs')}</summary>
                <pre className="jp-Ipfs-text jp-Ipfs-blockText" tabIndex={0}>
                  {plainLines(diff)}
                </pre>
              </details>
            )}
          </li>
        ))}
        {inputs.map(({ path, change, size }) => (
          <li key={`input ${path}`}>
            {trans.__('Input')} <bdi>{plainText(path, 300)}</bdi>:{' '}
            {changeText(change, trans)}, {sizeText(size, trans)}
          </li>
        ))}
        {environment.map(({ name, a, b }) => (
          <li key={`package ${name}`}>
            {trans.__('Package')} <bdi>{plainText(name)}</bdi>:{' '}
            {plainText(a, 40) ?? trans.__('none')} →{' '}
            {plainText(b, 40) ?? trans.__('none')}
          </li>
        ))}
      </ul>
      <Facts found={found} trans={trans} />
    </>
  );
}

/** What they say of themselves, such as their authors and licences. */
function Facts(props: {
  found: IDifference;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { found, trans } = props;
  return found.facts.length === 0 ? null : (
    <ul className="jp-Ipfs-bundleList">
      {found.facts.map(({ name, a, b }) => (
        <li key={name}>
          <bdi>{plainText(name)}</bdi>:{' '}
          <bdi>{plainText(a, 200) ?? trans.__('none')}</bdi> →{' '}
          <bdi>{plainText(b, 200) ?? trans.__('none')}</bdi>
        </li>
      ))}
    </ul>
  );
}

function changeText(change: string, trans: TranslationBundle): string {
  switch (change) {
    case 'added':
      return trans.__('only in the other one');
    case 'removed':
      return trans.__('only in this one');
    case 'changed':
      return trans.__('changed');
    case 'moved':
      return trans.__('moved');
    default:
      return plainText(change) ?? '';
  }
}
