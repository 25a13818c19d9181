import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, closeIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IStep } from '../api/ocean';
import { plainText } from '../models/plainText';
import { CopyButton } from './CopyButton';
import { shortHex } from './marketWords';

/**
 * What is written to the chain, a line each: how far it is, its transaction, why it failed.
 */
export function ChainSteps(props: {
  steps: readonly IStep[];
  copy: (text: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { steps, copy, trans } = props;
  if (steps.length === 0) {
    return null;
  }
  return (
    <ol className="jp-Ipfs-chainSteps" aria-label={trans.__('Steps')}>
      {steps.map(step => (
        <li key={step.key} data-state={step.state}>
          <span className="jp-Ipfs-chainIcon" aria-hidden="true">
            <StepIcon state={step.state} />
          </span>
          <span className="jp-Ipfs-chainTitle">
            <bdi>{plainText(step.title, 400)}</bdi>
          </span>
          <span className="jp-Ipfs-chainState">
            {stateText(step.state, trans)}
          </span>
          {step.tx_hash !== null && (
            <span className="jp-Ipfs-chainTx">
              {trans.__('Transaction')}{' '}
              <code className="jp-Ipfs-cid" title={step.tx_hash}>
                {shortHex(step.tx_hash)}
              </code>{' '}
              <CopyButton
                text={step.tx_hash}
                label={trans.__('Copy')}
                copy={copy}
                trans={trans}
              />
            </span>
          )}
          {step.error !== null && (
            <span className="jp-Ipfs-chainError">
              <bdi>{plainText(step.error, 1000)}</bdi>
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function StepIcon(props: { state: IStep['state'] }): React.JSX.Element | null {
  switch (props.state) {
    case 'done':
      return <checkIcon.react tag="span" />;
    case 'failed':
      return <closeIcon.react tag="span" />;
    case 'signing':
    case 'sent':
      return <runIcon.react tag="span" />;
    default:
      return null;
  }
}

function stateText(state: IStep['state'], trans: TranslationBundle): string {
  switch (state) {
    case 'waiting':
      return trans.__('Waiting');
    case 'signing':
      return trans.__('Waits for your wallet');
    case 'sent':
      return trans.__('Sent; waits for the chain');
    case 'done':
      return trans.__('Done');
    case 'failed':
      return trans.__('Did not work');
    default:
      return '';
  }
}
