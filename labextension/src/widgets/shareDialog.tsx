import { Clipboard } from '@jupyterlab/apputils';
import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import '../../style/bundles.css';
import { getShares } from '../api/shares';
import type { IFinding } from '../api/sharing';
import type { IServed } from '../components/ShareDialog';
import { ShareDialog } from '../components/ShareDialog';
import { fileName } from '../models/target';
import type { SharingModel } from '../models/sharing';
import type { IWallet } from '../tokens';

export { SharingModel } from '../models/sharing';

/** What can be reached by the keyboard. */
const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), textarea, select, summary, [href]';

/** What the dialog can have done. */
export interface IShareHost {
  readonly wallet: IWallet | null;
  goToCell(id: string): void;
  /** Restart the kernel and run all cells, recorded. */
  record(): Promise<void>;
  send(root: string, title: string): Promise<void>;
  serve(root: string, title: string): Promise<void>;
  download(path: string): Promise<void>;
  openBundle(root: string, title: string): void;
}

/**
 * The dialog that shares a notebook. JupyterLab shows one of its own dialogs at a time, and this
 * one asks questions in those; so it stands below them, and is none.
 */
export class ShareNotebookDialog extends ReactWidget {
  /**
   * @param model - What is shared.
   * @param host - Does what is asked for in the dialog.
   * @param settings - The connection to the Jupyter server.
   * @param trans - The language.
   */
  constructor(
    private readonly model: SharingModel,
    private readonly host: IShareHost,
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Ipfs-share');
    host.wallet?.changed.connect(this.onWallet);
    model.changed.connect(this.keepFocus);
  }

  /** Put it on the page. */
  open(): void {
    this.cameFrom = document.activeElement;
    Widget.attach(this, document.body);
    void this.renderPromise?.then(() => this.card?.focus());
    void this.lookServed();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.host.wallet?.changed.disconnect(this.onWallet);
      this.model.changed.disconnect(this.keepFocus);
      super.dispose();
      (this.cameFrom as HTMLElement | null)?.focus();
    }
  }

  handleEvent(event: Event): void {
    if (event.type === 'keydown') {
      this.onKey(event as KeyboardEvent);
    } else if (event.target === this.node) {
      // A click beside it must neither close it nor reach what is below.
      event.preventDefault();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
    this.node.addEventListener('mousedown', this);
  }

  protected onBeforeDetach(msg: Message): void {
    this.node.removeEventListener('keydown', this);
    this.node.removeEventListener('mousedown', this);
    super.onBeforeDetach(msg);
  }

  protected render(): React.JSX.Element {
    const { host, model, trans } = this;
    return (
      <div
        className="jp-Ipfs-shareCard"
        role="dialog"
        aria-modal="true"
        aria-labelledby="jp-Ipfs-shareTitle"
        tabIndex={-1}
        ref={card => {
          this.card = card;
        }}
      >
        <UseSignal signal={model.changed}>
          {() => (
            <ShareDialog
              model={model}
              account={host.wallet?.session?.address ?? null}
              served={this.served}
              onClose={() => this.dispose()}
              onCell={(finding: IFinding) => {
                const { cell } = finding;
                if (cell !== null) {
                  this.cameFrom = null;
                  this.dispose();
                  host.goToCell(cell);
                }
              }}
              onRecord={() => void model.record(() => host.record())}
              fileFor={form => this.fileFor(form)}
              onDownload={path => void host.download(path)}
              onSend={() => this.act((root, title) => host.send(root, title))}
              onServe={() =>
                this.act(async (root, title) => {
                  await host.serve(root, title);
                  await this.lookServed();
                })
              }
              onOpen={() =>
                this.act((root, title) => {
                  this.cameFrom = null;
                  this.dispose();
                  host.openBundle(root, title);
                  return Promise.resolve();
                })
              }
              copy={text => Clipboard.copyToSystem(text)}
              trans={trans}
            />
          )}
        </UseSignal>
      </div>
    );
  }

  private act(act: (root: string, title: string) => Promise<void>): void {
    const { shared } = this.model;
    if (shared !== null) {
      void act(shared.root, this.model.field('title'));
    }
  }

  /** Where the share is served, if it is; without an answer nothing is said. */
  private async lookServed(): Promise<void> {
    const root = this.model.shared?.root;
    if (root === undefined) {
      return;
    }
    try {
      const share = (await getShares(this.settings)).find(
        each => each.root === root
      );
      this.served =
        share === undefined
          ? null
          : {
              link: `${share.url.replace(/\/+$/, '')}/ipfs/${share.root}`,
              isPublic: share.public
            };
    } catch {
      this.served = null;
    }
    this.update();
  }

  /** Beside the notebook, under its title. */
  private fileFor(form: 'car' | 'zip'): string {
    const folder = this.model.path.split('/').slice(0, -1);
    const name = `${fileName(this.model.field('title'))}.${form}`;
    return [...folder, name].join('/');
  }

  private onKey(event: KeyboardEvent): void {
    // JupyterLab's shortcuts would reach the notebook below.
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      this.dispose();
    } else if (event.key === 'Tab') {
      const all = Array.from(
        this.node.querySelectorAll<HTMLElement>(FOCUSABLE)
      ).filter(each => each.offsetParent !== null);
      const [first] = all;
      const last = all[all.length - 1];
      const { activeElement } = document;
      if (
        event.shiftKey &&
        [first, this.card].includes(activeElement as never)
      ) {
        event.preventDefault();
        last.focus();
      } else if (!event.shiftKey && activeElement === last) {
        event.preventDefault();
        first.focus();
      }
    }
  }

  private readonly onWallet = (): void => this.update();

  /**
   * A button that is disabled while something runs loses the focus, and a run of the notebook takes
   * it: keys would reach the notebook below.
   */
  private readonly keepFocus = (): void => {
    // What has the focus may go with what is drawn next.
    requestAnimationFrame(() => {
      const { activeElement } = document;
      if (
        !this.isDisposed &&
        this.model.busy === null &&
        !this.node.contains(activeElement) &&
        !activeElement?.closest('.jp-Dialog')
      ) {
        this.card?.focus();
      }
    });
  };

  private card: HTMLElement | null = null;
  private cameFrom: Element | null = null;
  private served: IServed | null = null;
}
