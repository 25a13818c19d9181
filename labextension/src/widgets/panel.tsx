import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import { ipfsIcon } from '../components/icons';
import type { IPanelButton } from '../components/Panel';
import { Panel } from '../components/Panel';
import type { IPanel, IPanelSection } from '../tokens';

/** Where the focus goes in a section that is revealed: to what is typed into, else to the first. */
const FOCUSABLE = [
  'input:not([type="checkbox"])',
  'textarea',
  '[tabindex="0"]',
  'button',
  'select'
];

/** Until the settings are read; their default is the same. */
const FOLDED_AT_FIRST: ReadonlySet<string> = new Set(['files', 'node']);

/**
 * The IPFS sidebar.
 */
export class IpfsPanel extends ReactWidget implements IPanel {
  /**
   * @param activate - Brings the panel to the front.
   * @param buttons - What stands at its top, asked for at each drawing.
   * @param trans - The language.
   */
  constructor(
    private readonly activatePanel: () => void,
    private readonly buttons: () => readonly IPanelButton[],
    trans: TranslationBundle
  ) {
    super();
    this.id = 'jupyter-ipfs-panel';
    this.addClass('jp-Ipfs-panel');
    this.title.icon = ipfsIcon;
    this.title.caption = trans.__('IPFS');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('IPFS'));
    this.node.tabIndex = -1;
    document.addEventListener('visibilitychange', this.noteShown);
  }

  get isShown(): boolean {
    return this.wasShown;
  }

  get shownChanged(): ISignal<IPanel, boolean> {
    return this.shownChangedSignal;
  }

  /** Emitted when a section was folded or unfolded. */
  get foldedChanged(): ISignal<this, readonly string[]> {
    return this.foldedChangedSignal;
  }

  addSection(section: IPanelSection): void {
    this.sections = [...this.sections, section].sort((a, b) => a.rank - b.rank);
    this.update();
  }

  /** Fold exactly these sections. */
  fold(ids: readonly string[]): void {
    this.folded = new Set(ids);
    this.update();
  }

  /** Show nothing but this in place of the sections, or the sections again. */
  replaceSections(notice: IPanelSection | null): void {
    this.notice = notice;
    this.update();
  }

  reveal(sectionId?: string): void {
    this.activatePanel();
    if (sectionId === undefined) {
      return;
    }
    if (this.folded.has(sectionId)) {
      this.toggle(sectionId);
    }
    this.update();
    void this.renderPromise?.then(() => {
      const body = this.node.querySelector(
        `[data-section="${CSS.escape(sectionId)}"] .jp-Ipfs-sectionBody`
      );
      body?.scrollIntoView({ block: 'nearest' });
      for (const selector of FOCUSABLE) {
        const target = body?.querySelector<HTMLElement>(selector);
        if (target) {
          target.focus();
          return;
        }
      }
    });
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this.noteShown);
    super.dispose();
  }

  protected render(): React.JSX.Element {
    return (
      <Panel
        title={this.title.caption}
        buttons={this.notice === null ? this.buttons() : []}
        sections={this.notice === null ? this.sections : [this.notice]}
        folded={this.folded}
        onToggle={id => this.toggle(id)}
      />
    );
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.noteShown();
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.noteShown();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.noteShown();
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }

  private toggle(id: string): void {
    const folded = new Set(this.folded);
    if (!folded.delete(id)) {
      folded.add(id);
    }
    this.folded = folded;
    this.update();
    this.foldedChangedSignal.emit([...folded]);
  }

  private readonly noteShown = (): void => {
    const isShown = this.isVisible && document.visibilityState === 'visible';
    if (isShown !== this.wasShown) {
      this.wasShown = isShown;
      this.shownChangedSignal.emit(isShown);
    }
  };

  private sections: readonly IPanelSection[] = [];
  private notice: IPanelSection | null = null;
  private folded: ReadonlySet<string> = FOLDED_AT_FIRST;
  private wasShown = false;
  private readonly shownChangedSignal = new Signal<this, boolean>(this);
  private readonly foldedChangedSignal = new Signal<this, readonly string[]>(
    this
  );
}
