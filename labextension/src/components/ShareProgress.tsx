import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IJob } from '../api/jobs';
import type { SharingModel } from '../models/sharing';
import { sizeText } from './size';

/**
 * How far the server has come with what is under way, and a way to stop it.
 */
export function ShareProgress(props: {
  model: SharingModel;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { model, trans } = props;
  const { job } = model;
  if (job === null) {
    return null;
  }
  const { size, size_total: total } = job;
  return (
    <div className="jp-Ipfs-shareProgress">
      <progress
        aria-label={trans.__('Bytes')}
        max={Math.max(total ?? 1, 1)}
        value={total === null ? undefined : size}
      />
      <span>{farText(job, trans)}</span>
      <button
        type="button"
        className="jp-Ipfs-button"
        onClick={() => void model.cancel()}
      >
        {trans.__('Cancel')}
      </button>
    </div>
  );
}

function farText(job: IJob, trans: TranslationBundle): string {
  if (job.state === 'queued') {
    return trans.__('Waiting for its turn');
  }
  if (job.size_total !== null) {
    return trans.__(
      '%1 of %2',
      sizeText(job.size, trans),
      sizeText(job.size_total, trans)
    );
  }
  return job.size > 0 ? sizeText(job.size, trans) : '';
}
