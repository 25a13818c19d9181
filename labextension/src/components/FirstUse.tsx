import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  fileUploadIcon,
  linkIcon,
  notebookIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { explanation } from './explanation';

export interface IFirstUseProps {
  readonly onChooseFiles: () => void;
  readonly onPasteLink: () => void;
  readonly onTutorial: () => void;
  readonly trans: TranslationBundle;
}

/**
 * What to do while nothing is stored yet.
 */
export function FirstUse(props: IFirstUseProps): React.JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-Ipfs-firstUse">
      <h2 className="jp-Ipfs-firstTitle">{trans.__('Nothing stored yet')}</h2>
      <p>
        {trans.__(
          'Keep an exact copy of a file or folder under a fingerprint of it, and hand it to anybody, who can then check that it is the same.'
        )}
      </p>
      <ul>
        <Step
          icon={fileUploadIcon}
          title={trans.__('Store files')}
          text={trans.__('Drop files or folders here, or choose them.')}
          onClick={props.onChooseFiles}
        />
        <Step
          icon={linkIcon}
          title={trans.__('Open a link')}
          text={trans.__('Paste a CID, an ipfs:// link or a gateway link.')}
          onClick={props.onPasteLink}
        />
        <Step
          icon={notebookIcon}
          title={trans.__('Try the tutorial')}
          text={trans.__('Opens a notebook that takes five minutes.')}
          onClick={props.onTutorial}
        />
      </ul>
      <p className="jp-Ipfs-firstNote">{explanation(trans)}</p>
      <p className="jp-Ipfs-firstNote">
        {trans.__(
          'It is kept on this computer: the one that runs this Jupyter server. Nothing leaves it before you send it.'
        )}
      </p>
    </div>
  );
}

function Step(props: {
  icon: LabIcon;
  title: string;
  text: string;
  onClick: () => void;
}): React.JSX.Element {
  return (
    <li>
      <button type="button" className="jp-Ipfs-step" onClick={props.onClick}>
        <props.icon.react
          tag="span"
          className="jp-Ipfs-stepIcon"
          aria-hidden="true"
        />
        <span>
          <span className="jp-Ipfs-stepTitle">{props.title}</span>
          <span className="jp-Ipfs-stepText">{props.text}</span>
        </span>
      </button>
    </li>
  );
}
