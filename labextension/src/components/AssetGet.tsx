import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetDetail } from '../api/ocean';
import type { AssetModel } from '../models/asset';
import { plainText } from '../models/plainText';
import { ChainSteps } from './ChainSteps';
import { amountText, stateText } from './marketWords';
import { ProblemNote } from './ProblemNote';
import { sizeText } from './size';

export interface IAssetGetProps {
  readonly asset: IAssetDetail;
  readonly model: AssetModel;
  readonly onGet: () => void;
  readonly onShowFile: (path: string) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * Orders and downloads, and says what was checked.
 */
export function AssetGet(props: IAssetGetProps): React.JSX.Element {
  const { asset, model, copy, trans } = props;
  const { state, steps } = model.getting;
  const isClosed = asset.state !== 'active' && !asset.bought;
  return (
    <div className="jp-Ipfs-get">
      <div className="jp-Ipfs-formEnd">
        <button
          type="button"
          className="jp-Ipfs-button jp-Ipfs-mod-accept"
          disabled={state.kind === 'running' || isClosed}
          onClick={props.onGet}
        >
          {getText(asset, trans)}
        </button>
        {state.kind === 'running' && (
          <button
            type="button"
            className="jp-Ipfs-button"
            onClick={() => void model.getting.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        )}
        <span className="jp-Ipfs-why">
          {isClosed
            ? trans.__(
                'It cannot be ordered: %1',
                stateText(asset.state, trans)
              )
            : trans.__(
                'It goes into the workspace, and its bytes are checked.'
              )}
        </span>
      </div>
      <ChainSteps steps={steps} copy={copy} trans={trans} />
      <div role="status">
        {state.kind === 'running' && <Progress {...props} />}
        {state.kind === 'done' && <Result {...props} result={state.result} />}
      </div>
      {state.kind === 'broken' &&
        (state.problem === null ? (
          <p role="alert">{trans.__('It was cancelled.')}</p>
        ) : (
          <ProblemNote problem={state.problem} />
        ))}
      {state.kind === 'broken' && (
        <p className="jp-Ipfs-why">
          {trans.__(
            'Try again goes on where it stopped: what was ordered is not paid twice.'
          )}
        </p>
      )}
    </div>
  );
}

function getText(asset: IAssetDetail, trans: TranslationBundle): string {
  if (asset.bought) {
    return trans.__('Get it again');
  }
  return asset.price === null
    ? trans.__('Get')
    : trans.__('Get for %1', amountText(asset.price));
}

function Progress(props: IAssetGetProps): React.JSX.Element {
  const { model, trans } = props;
  const { state } = model.getting;
  const job = state.kind === 'running' ? state.job : null;
  const total = job?.size_total ?? null;
  if (job === null || job.size === 0) {
    return <p>{trans.__('Ordering…')}</p>;
  }
  return (
    <p>
      {total === null
        ? trans.__('Downloading: %1', sizeText(job.size, trans))
        : trans.__(
            'Downloading: %1 of %2',
            sizeText(job.size, trans),
            sizeText(total, trans)
          )}
    </p>
  );
}

function Result(
  props: IAssetGetProps & { result: Readonly<Record<string, unknown>> }
): React.JSX.Element {
  const { result, trans } = props;
  const { path, checked } = result;
  return (
    <div className="jp-Ipfs-got">
      <p>
        {trans.__('It is in the workspace:')}{' '}
        <code className="jp-Ipfs-cid">{plainText(path, 400)}</code>
      </p>
      <p>
        <bdi>{plainText(checked, 1000)}</bdi>
      </p>
      {typeof path === 'string' && (
        <button
          type="button"
          className="jp-Ipfs-button"
          onClick={() => props.onShowFile(path)}
        >
          {trans.__('Show in the file browser')}
        </button>
      )}
    </div>
  );
}
