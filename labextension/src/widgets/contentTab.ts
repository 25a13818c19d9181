import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';

/**
 * A tab that shows one piece of content; it owns its model and takes the focus.
 */
export abstract class ContentTab<
  Model extends Pick<IDisposable, 'dispose'>
> extends ReactWidget {
  /**
   * @param model - What it shows; goes with the tab.
   */
  constructor(readonly model: Model) {
    super();
    this.id = `jupyter-ipfs-content-${++count}`;
    this.addClass('jp-Ipfs-content');
    this.title.closable = true;
    this.node.tabIndex = -1;
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  /** A tab that is closed is gone; Lumino would only detach it, and it could not be opened again. */
  protected onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      const first = this.node.querySelector<HTMLElement>('[tabindex="0"]');
      (first ?? this.node).focus();
    }
  }
}

let count = 0;
