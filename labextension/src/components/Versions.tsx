import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INameVersion } from '../api/names';
import { shortCID } from '../models/cid';
import { CopyButton } from './CopyButton';

export interface IVersionsProps {
  /** The newest first. */
  readonly versions: readonly INameVersion[];
  readonly onOpen: (version: INameVersion) => void;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}

/**
 * What a name pointed at, and when.
 */
export function Versions(props: IVersionsProps): React.JSX.Element {
  const { versions, trans } = props;
  return (
    <ol className="jp-Ipfs-versions">
      {versions.map((version, index) => (
        <li key={version.version}>
          <span className="jp-Ipfs-versionHead">
            <span className="jp-Ipfs-label">
              {trans.__('Version %1', version.version)}
            </span>
            <span>
              {[
                Time.format(new Date(version.created_at * 1000)),
                ...(index === 0 ? [trans.__('newest')] : []),
                ...(version.shared ? [trans.__('shared')] : []),
                version.pinned ? trans.__('kept') : trans.__('not kept')
              ].join(' · ')}
            </span>
            <code className="jp-Ipfs-cid" title={version.root}>
              {shortCID(version.root)}
            </code>
          </span>
          <span className="jp-Ipfs-choices">
            <button
              type="button"
              className="jp-Ipfs-button"
              aria-label={trans.__('Open version %1', version.version)}
              onClick={() => props.onOpen(version)}
            >
              {trans.__('Open')}
            </button>
            <CopyButton
              text={version.root}
              label={trans.__('Copy CID')}
              copy={props.copy}
              trans={trans}
            />
          </span>
        </li>
      ))}
    </ol>
  );
}
