import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { plainText } from '../models/plainText';
import type { PublishModel } from '../models/publish';
import { AssetCard } from './AssetCard';
import { ForReal } from './ForReal';
import { fieldText, problemText, shortHex } from './marketWords';
import { ProblemNote } from './ProblemNote';
import type { IPublishFormProps } from './PublishForm';
import { sizeText } from './size';

export interface IPublishPreviewProps extends IPublishFormProps {
  /** Whether the way to a real chain is shown. */
  readonly isForReal: boolean;
  readonly onForReal: () => void;
}

/**
 * What others will see, what it costs, whether the bytes can be fetched; then it is signed.
 */
export function PublishPreview(props: IPublishPreviewProps): React.JSX.Element {
  const { model, account, trans } = props;
  const { form, status } = model;
  const { lastCheck: check } = form;
  const isPractice = status?.chain.practice === true;
  const why = React.useId();
  const obstacle = obstacleText(model, trans);
  return (
    <div className="jp-Ipfs-fields">
      {check?.preview && <AssetCard asset={check.preview} trans={trans} />}
      {form.failure !== null && <ProblemNote problem={form.failure} />}
      {model.statusFailure !== null && (
        <ProblemNote problem={model.statusFailure} />
      )}
      {check !== null && (
        <dl className="jp-Ipfs-pairs">
          <dt>{trans.__('Published as')}</dt>
          <dd>
            {check.form === 'car'
              ? trans.__('a CAR of it: one file with all its blocks')
              : trans.__('the file itself')}
            {check.size !== null && `, ${sizeText(check.size, trans)}`}
          </dd>
          <dt>{trans.__('Where')}</dt>
          <dd>
            <bdi>{plainText(status?.chain.title, 80)}</bdi>
          </dd>
          <dt>{trans.__('Costs you')}</dt>
          <dd>
            <bdi>
              {plainText(check.cost?.words, 400) ?? trans.__('Not known yet')}
            </bdi>
          </dd>
          <dt>{trans.__('Can be fetched')}</dt>
          <dd data-reach={String(check.reach?.reachable ?? null)}>
            <bdi>
              {plainText(check.reach?.words, 400) ?? trans.__('Not known yet')}
            </bdi>
          </dd>
          {account !== undefined && (
            <>
              <dt>{trans.__('Signed by')}</dt>
              <dd>
                {account === null
                  ? trans.__('You are asked to sign in first')
                  : shortHex(account)}
              </dd>
            </>
          )}
        </dl>
      )}
      {check !== null && check.warnings.length > 0 && (
        <div className="jp-Ipfs-message">
          <ul>
            {check.warnings.map((warning, index) => (
              <li key={index}>
                <bdi>{plainText(warning, 1000)}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {model.obstacle === 'unreachable' && (
        <div className="jp-Ipfs-message">
          <p>
            <bdi>
              {plainText(check?.reach?.hint, 1000) ??
                trans.__(
                  'The Ocean Node has not fetched the bytes, so a buyer could not either.'
                )}
            </bdi>
          </p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onMakeReachable}
          >
            {trans.__('Make it reachable')}
          </button>{' '}
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void form.ask()}
          >
            {trans.__('Look again')}
          </button>
        </div>
      )}
      <div className="jp-Ipfs-formEnd">
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          disabled={obstacle !== null}
          aria-describedby={why}
          onClick={props.onPublish}
        >
          {check?.cost
            ? trans._n(
                'Publish: sign %1 transaction',
                'Publish: sign %1 transactions',
                check.cost.transactions
              )
            : trans.__('Publish')}
        </button>
        <span id={why} className="jp-Ipfs-why" role="status">
          {obstacle}
        </span>
      </div>
      {isPractice && !props.isForReal && (
        <p>
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={props.onForReal}
          >
            {trans.__('Publish for real…')}
          </button>
        </p>
      )}
      {status !== null && (props.isForReal || !isPractice) && (
        <ForReal
          status={status}
          alsoMissing={alsoMissing(props)}
          onUse={props.onUse}
          trans={trans}
        />
      )}
    </div>
  );
}

function alsoMissing(props: IPublishPreviewProps): string[] {
  const { model, account, trans } = props;
  const { reach } = model.form.lastCheck ?? { reach: null };
  return [
    ...(account === null
      ? [trans.__('A wallet: sign in with one on this chain.')]
      : []),
    ...(reach?.reachable === true
      ? []
      : [
          trans.__('Content that the Ocean Node can fetch: it has not done so.')
        ])
  ];
}

/** Why it cannot be signed yet. */
function obstacleText(
  model: PublishModel,
  trans: TranslationBundle
): string | null {
  switch (model.obstacle) {
    case null:
      return null;
    case 'checking':
      return trans.__('Looking whether all is in order…');
    case 'failed':
      return trans.__('It could not be checked.');
    case 'missing':
      return (
        plainText(model.status?.missing.join(' '), 1000) ??
        trans.__('Something is still missing.')
      );
    case 'unreachable':
      return trans.__('The Ocean Node must have fetched the bytes first.');
    case 'problems': {
      const [[field, problem]] = Object.entries(model.form.problems);
      return trans.__(
        '%1: %2',
        fieldText(field, trans),
        problemText(problem, trans)
      );
    }
  }
}
