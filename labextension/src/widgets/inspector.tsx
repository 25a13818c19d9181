import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import { Inspector } from '../components/Inspector';
import { shortCID } from '../models/cid';
import type { InspectorModel } from '../models/inspector';

/**
 * A tab that walks along the blocks of a DAG.
 */
export class InspectorTab extends ReactWidget {
  /**
   * @param model - The walk.
   * @param trans - The language.
   */
  constructor(
    readonly model: InspectorModel,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = `jupyter-ipfs-inspector-${++InspectorTab.count}`;
    this.addClass('jp-Ipfs-content');
    this.title.label = trans.__('Inspect %1', shortCID(model.walked[0]));
    this.title.caption = model.walked[0];
    this.title.icon = ipfsIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
    void model.load();
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }

  protected render(): React.JSX.Element {
    const { model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <Inspector
            model={model}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }

  private static count = 0;
}
