import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBundle } from '../api/bundles';
import type { IReadiness } from '../api/reports';
import { plainText } from '../models/plainText';
import { signatureText } from './bundleWords';

/** How many inputs that are not included are named. */
const MOST_NAMED = 5;

/**
 * What running someone else's code means here, and what it may do.
 */
export function ReproduceConsent(props: {
  bundle: IBundle;
  readiness: IReadiness;
  network: boolean;
  withoutIsolation: boolean;
  withoutRefused: boolean;
  ownEnvironment: boolean;
  onNetwork: (isAllowed: boolean) => void;
  onWithoutIsolation: (isAllowed: boolean) => void;
  onWithoutRefused: (isAllowed: boolean) => void;
  onOwnEnvironment: (isAllowed: boolean) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { bundle, readiness, trans } = props;
  const { isolation, python, refused } = readiness;
  const absent = bundle.inputs.filter(({ included }) => !included);
  const valid = bundle.signatures.filter(({ valid }) => valid);
  return (
    <>
      <p>
        {trans.__(
          'Reproducing “%1” installs its packages and runs its code on this computer, then compares what comes of it. A signature says who stands for it, not that it does no harm.',
          plainText(bundle.title, 80) ?? ''
        )}
      </p>
      {valid.length === 0 ? (
        <p>{trans.__('Nobody has signed it.')}</p>
      ) : (
        valid.map(signature => (
          <p key={signature.address}>{signatureText(signature, trans)}</p>
        ))
      )}
      {absent.length > 0 && (
        <p>
          {trans.__(
            'Not in the bundle: %1. Cells that read it will fail.',
            absent
              .slice(0, MOST_NAMED)
              .map(({ path }) => plainText(path, 80))
              .join(', ') + (absent.length > MOST_NAMED ? ' …' : '')
          )}
        </p>
      )}
      {readiness.words.length > 0 && (
        <ul>
          {readiness.words.map(words => (
            <li key={words}>
              <bdi>{plainText(words, 400)}</bdi>
            </li>
          ))}
        </ul>
      )}
      <dl className="jp-Ipfs-pairs">
        <dt>{trans.__('Isolation')}</dt>
        <dd>
          {isolation === null
            ? trans.__(
                'None: there is no bubblewrap here. This code can read and change your files.'
              )
            : trans.__(
                'bubblewrap: it sees neither your files nor your repo, and writes into a folder that is thrown away.'
              )}
        </dd>
        <dt>{trans.__('Network')}</dt>
        <dd>
          {props.network
            ? trans.__('Allowed: it can send what it reads to anybody.')
            : isolation === null
              ? trans.__('Not cut off: without isolation nothing can be.')
              : trans.__('None while it runs.')}
        </dd>
        <dt>{trans.__('Python')}</dt>
        <dd>
          {python.found === null || python.found === python.wanted
            ? plainText(python.wanted, 40)
            : trans.__(
                '%1, where it was %2: results may differ',
                plainText(python.found, 40) ?? '',
                plainText(python.wanted, 40) ?? ''
              )}
        </dd>
        <dt>{trans.__('Packages')}</dt>
        <dd>
          {props.ownEnvironment || !readiness.locked
            ? trans.__('None are installed: it runs with those that you have.')
            : readiness.environment_ready
              ? trans._n(
                  '%1 package, installed here before',
                  '%1 packages, installed here before',
                  readiness.packages
                )
              : trans._n(
                  '%1 package, from your index, by name, version and hash',
                  '%1 packages, from your index, by name, version and hash',
                  readiness.packages
                )}
        </dd>
      </dl>
      {refused.length > 0 && (
        <div className="jp-Ipfs-message">
          <p>
            {trans._n(
              '%1 entry of its lock is refused:',
              '%1 entries of its lock are refused:',
              refused.length
            )}
          </p>
          <ul>
            {refused.map(({ name, why }) => (
              <li key={`${name} ${why}`}>
                <bdi>{plainText(name, 80)}</bdi>:{' '}
                <bdi>{plainText(why, 300)}</bdi>
              </li>
            ))}
          </ul>
          <Check
            isChecked={props.withoutRefused}
            onChange={props.onWithoutRefused}
          >
            {trans.__('Run it without these')}
          </Check>
        </div>
      )}
      {(refused.length > 0 || !readiness.locked) && (
        <Check
          isChecked={props.ownEnvironment}
          onChange={props.onOwnEnvironment}
        >
          {trans.__('Run it in your environment, which is not its author’s')}
        </Check>
      )}
      {isolation === null && (
        <div className="jp-Ipfs-message">
          <Check
            isChecked={props.withoutIsolation}
            onChange={props.onWithoutIsolation}
          >
            {trans.__(
              'Run it without isolation, though this code can read and change my files'
            )}
          </Check>
        </div>
      )}
      <Check isChecked={props.network} onChange={props.onNetwork}>
        {trans.__('Let it use the network while it runs')}
      </Check>
    </>
  );
}

function Check(props: {
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
  children: React.ReactNode;
}): React.JSX.Element {
  return (
    <label className="jp-Ipfs-check">
      <input
        type="checkbox"
        checked={props.isChecked}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.children}
    </label>
  );
}
