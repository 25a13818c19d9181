import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import { statusWords } from '../components/NodeStatus';
import type { INodeStatus } from '../tokens';

/**
 * The node's health in the status bar; a click tells more.
 */
export class StatusItem extends ReactWidget {
  /**
   * @param model - What is shown.
   * @param onClick - What a click does.
   * @param trans - The language.
   */
  constructor(
    private readonly model: INodeStatus,
    private readonly onClick: () => void,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = 'jupyter-ipfs-status';
    this.addClass('jp-Ipfs-statusItem');
    model.changed.connect(() => this.update(), this);
  }

  protected render(): React.JSX.Element {
    return (
      <button
        type="button"
        className="jp-Ipfs-statusButton"
        title={this.trans.__('Where your IPFS content is')}
        onClick={this.onClick}
      >
        <ipfsIcon.react tag="span" aria-hidden="true" />
        <span>{statusWords(this.model.state, this.trans)}</span>
      </button>
    );
  }
}
