import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IBundle, IBundleInput } from '../api/bundles';
import { plainText } from '../models/plainText';
import { howText } from './bundleWords';
import { sizeText } from './size';
import { Section } from './Section';

/**
 * What the notebook read, and whether it is in the bundle and here.
 */
export function BundleInputs(props: {
  bundle: IBundle;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { bundle, trans } = props;
  return (
    <Section title={trans.__('Inputs')}>
      {!bundle.recorded && (
        <p>
          {trans.__(
            'No run was recorded: what it reads is guessed from texts in its code.'
          )}
        </p>
      )}
      {bundle.inputs.length === 0 ? (
        <p>{trans.__('It has none.')}</p>
      ) : (
        <ul className="jp-Ipfs-bundleList">
          {bundle.inputs.map(input => (
            <li key={input.path}>
              <span className="jp-Ipfs-bundleLine">
                <bdi>{plainText(input.path, 300)}</bdi>
                <span className="jp-Ipfs-inputSize">
                  {sizeText(input.size, trans)}
                </span>
              </span>
              <span className="jp-Ipfs-pairNote">
                {howText(input.how, trans)} · {stateText(input, trans)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {bundle.hosts.length > 0 && (
        <p>
          {trans.__(
            'It talked to other computers: %1. What came from there is not in the bundle.',
            bundle.hosts.map(host => plainText(host, 80)).join(', ')
          )}
        </p>
      )}
    </Section>
  );
}

function stateText(input: IBundleInput, trans: TranslationBundle): string {
  if (input.included) {
    return input.held
      ? trans.__('on this computer')
      : trans.__('in the bundle, not fetched');
  }
  const where = plainText(input.where, 300);
  return where === null
    ? trans.__('not included')
    : trans.__('not included; its author says where to get it: %1', where);
}
