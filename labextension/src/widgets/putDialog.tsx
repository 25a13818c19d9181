import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IItem } from '../api/items';
import { shortCID } from '../models/cid';
import { plainText } from '../models/plainText';

/** What to put into a folder, and what to call it there. */
export interface IPut {
  readonly source: string;
  /** Empty for its own name. */
  readonly name: string;
}

/** Ask what to put into a folder: picked from what is stored, or typed. */
export async function askWhatToPut(
  items: readonly IItem[],
  trans: TranslationBundle
): Promise<IPut | null> {
  const body = new PutBody(items, trans);
  const { button } = await showDialog({
    title: trans.__('Put stored content here'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Put here') })
    ],
    focusNodeSelector: 'select, input'
  });
  const put = body.getValue();
  return button.accept && put.source !== '' ? put : null;
}

class PutBody extends ReactWidget implements Dialog.IBodyWidget<IPut> {
  constructor(
    private readonly items: readonly IItem[],
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Ipfs-dialog');
    if (items.length > 0) {
      this.pick(items[0].path);
    }
  }

  getValue(): IPut {
    return { source: this.source.trim(), name: this.name.trim() };
  }

  protected render(): React.JSX.Element {
    const { items, trans } = this;
    return (
      <div className="jp-Ipfs-fields">
        {items.length > 0 && (
          <label className="jp-Ipfs-field">
            <span>{trans.__('What')}</span>
            <select
              className="jp-Ipfs-input"
              value={this.picked}
              onChange={event => {
                this.pick(event.target.value);
                this.update();
              }}
            >
              {items.map(item => (
                <option key={item.root} value={item.path}>
                  {titleOf(item)}
                </option>
              ))}
              <option value="">{trans.__('Something else…')}</option>
            </select>
          </label>
        )}
        {this.picked === '' && (
          <label className="jp-Ipfs-field">
            <span>{trans.__('A CID, a path or a name')}</span>
            <input
              className="jp-Ipfs-input"
              value={this.source}
              onChange={event => {
                this.source = event.target.value;
                this.update();
              }}
            />
          </label>
        )}
        <label className="jp-Ipfs-field">
          <span>{trans.__('Under which name')}</span>
          <input
            className="jp-Ipfs-input"
            value={this.name}
            onChange={event => {
              this.name = event.target.value;
              this.update();
            }}
          />
        </label>
      </div>
    );
  }

  private pick(path: string): void {
    const item = this.items.find(each => each.path === path);
    this.picked = path;
    this.source = path;
    this.name = item === undefined ? '' : titleOf(item);
  }

  /** The path of the item that is picked; empty if it is typed. */
  private picked = '';
  private source = '';
  private name = '';
}

function titleOf(item: IItem): string {
  return plainText(item.title) ?? shortCID(item.root);
}
