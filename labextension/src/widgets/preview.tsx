import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { IEntry } from '../api/entries';
import { itemIcon } from '../components/itemIcon';
import type { IContentAction } from '../components/Preview';
import { Preview } from '../components/Preview';
import { lastName } from '../models/address';
import { isCID, shortCID } from '../models/cid';
import type { ContentModel } from '../models/content';
import { plainText } from '../models/plainText';

/** What a tab can have done with what it shows. */
export interface IContentHost {
  actions(entry: IEntry): readonly IContentAction[];
  open(entry: Pick<IEntry, 'path' | 'kind'>): void;
  openMenu(entry: IEntry, x: number, y: number): void;
}

/**
 * A tab that shows the content at one path.
 */
export class PreviewTab extends ReactWidget {
  /**
   * @param model - The content.
   * @param kind - What is known of it before it is asked for.
   * @param host - Does what is asked for in the tab.
   * @param trans - The language.
   */
  constructor(
    readonly model: ContentModel,
    readonly kind: string,
    private readonly host: IContentHost,
    private readonly trans: TranslationBundle
  ) {
    super();
    const name = model.title ?? lastName(model.path);
    this.id = `jupyter-ipfs-preview-${++PreviewTab.count}`;
    this.addClass('jp-Ipfs-content');
    this.title.label = isCID(name) ? shortCID(name) : (plainText(name) ?? '');
    this.title.caption = plainText(model.path, 400) ?? '';
    this.title.icon = itemIcon(kind, name);
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
      (
        this.node.querySelector<HTMLElement>('[tabindex="0"]') ?? this.node
      ).focus();
    }
  }

  protected render(): React.JSX.Element {
    const { host, model, trans } = this;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <Preview
            model={model}
            actions={entry => host.actions(entry)}
            onOpen={entry => host.open(entry)}
            onMenu={(entry, x, y) => host.openMenu(entry, x, y)}
            copy={text => Clipboard.copyToSystem(text)}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  }

  private static count = 0;
}
