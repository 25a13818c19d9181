import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import { itemIcon } from '../components/itemIcon';
import type { IContentAction } from '../components/Preview';
import { Preview } from '../components/Preview';
import { crumbs, lastName } from '../models/address';
import { isCID, shortCID } from '../models/cid';
import type { ContentModel } from '../models/content';
import { plainText } from '../models/plainText';
import { ContentTab } from './contentTab';

export { ContentModel } from '../models/content';

/** What a tab can have done with what it shows. */
export interface IContentHost {
  actions(entry: IEntry): readonly IContentAction[];
  open(entry: Pick<IEntry, 'path' | 'kind'>): void;
  openMenu(entry: IEntry, x: number, y: number): void;
  /** By which name a path was opened, while its tab is there. */
  nameOf(path: string): string | null;
  /** Keep it on this computer, under a name if that is one. */
  keep(entry: IEntry, title: string): Promise<void>;
}

/**
 * A tab that shows the content at one path.
 */
export class PreviewTab extends ContentTab<ContentModel> {
  /**
   * @param model - The content.
   * @param kind - What is known of it before it is asked for.
   * @param host - Does what is asked for in the tab.
   * @param trans - The language.
   */
  constructor(
    model: ContentModel,
    readonly kind: string,
    private readonly host: IContentHost,
    private readonly trans: TranslationBundle
  ) {
    super(model);
    const name = model.title ?? lastName(model.path);
    this.title.label = isCID(name) ? shortCID(name) : (plainText(name) ?? '');
    this.title.caption = plainText(model.path, 400) ?? '';
    this.title.icon = itemIcon(kind, name);
    void model.load();
  }

  protected render(): React.JSX.Element {
    const { host, model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <Preview
            model={model}
            rootName={host.nameOf(crumbs(model.path)[0].path)}
            actions={entry => host.actions(entry)}
            onOpen={entry => host.open(entry)}
            onKeep={entry =>
              void host
                .keep(entry, model.title ?? lastName(model.path))
                .then(() => model.lookKept())
            }
            onMenu={(entry, x, y) => host.openMenu(entry, x, y)}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }
}
