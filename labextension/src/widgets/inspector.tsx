import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import { Inspector } from '../components/Inspector';
import { shortCID } from '../models/cid';
import type { InspectorModel } from '../models/inspector';
import { plainText } from '../models/plainText';
import { ContentTab } from './contentTab';

export { InspectorModel } from '../models/inspector';

/**
 * A tab that walks along the blocks of a DAG.
 */
export class InspectorTab extends ContentTab<InspectorModel> {
  /**
   * @param model - The walk.
   * @param name - What to call where it began, if not by its CID.
   * @param trans - The language.
   */
  constructor(
    model: InspectorModel,
    readonly name: string | null,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    this.title.label = trans.__(
      'Inspect %1',
      plainText(name, 60) ?? shortCID(model.walked[0])
    );
    this.title.caption = model.walked[0];
    this.title.icon = ipfsIcon;
    void model.load();
  }

  protected render(): React.JSX.Element {
    const { model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <Inspector
            model={model}
            name={this.name}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }
}
