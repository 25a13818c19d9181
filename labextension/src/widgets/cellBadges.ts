import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { ICellProgress } from '../api/reports';
import { verdictSign, verdictText } from '../components/bundleWords';
import { plainText } from '../models/plainText';
import type { VerdictsModel } from '../models/verdicts';

/** What of a notebook's cell is used; its own package is not one of ours. */
interface ICell {
  readonly node: HTMLElement;
  readonly model: {
    readonly id: string;
    readonly sharedModel: { getSource(): string };
  };
}

interface INotebook {
  readonly widgets: readonly ICell[];
}

/**
 * Verdicts beside the cells of one notebook. A cell that was changed since has none: they are
 * about the code that was shared.
 */
export class CellBadges implements IDisposable {
  /**
   * @param panel - The notebook's panel.
   * @param context - The notebook.
   * @param verdicts - What is known of which cell.
   * @param trans - The language.
   */
  constructor(
    private readonly panel: Widget,
    private readonly context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
    private readonly verdicts: VerdictsModel,
    private readonly trans: TranslationBundle
  ) {
    verdicts.changed.connect(this.draw, this);
    this.contentChanged.connect(this.draw, this);
    void context.ready.then(this.draw);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      this.verdicts.changed.disconnect(this.draw, this);
      this.contentChanged.disconnect(this.draw, this);
    }
  }

  private get contentChanged(): ISignal<unknown, unknown> {
    return this.context.model.contentChanged;
  }

  private readonly draw = (): void => {
    if (this.disposed || this.panel.isDisposed) {
      return;
    }
    const { content } = this.panel as Widget & { readonly content: INotebook };
    const known = this.verdicts.of(this.context.path);
    for (const { model, node } of content.widgets) {
      const source = model.sharedModel.getSource();
      const found = known?.get(model.id);
      if (found !== undefined && !this.sources.has(model.id)) {
        this.sources.set(model.id, source);
      }
      const isShown =
        found !== undefined && this.sources.get(model.id) === source;
      this.put(node, isShown ? found : null);
    }
  };

  private put(node: HTMLElement, found: ICellProgress | null): void {
    let badge = node.querySelector<HTMLElement>(
      ':scope > .jp-Ipfs-cellVerdict'
    );
    if (found === null) {
      badge?.remove();
      return;
    }
    if (badge === null) {
      badge = document.createElement('div');
      badge.className = 'jp-Ipfs-cellVerdict jp-Ipfs-verdict';
      node.append(badge);
    }
    if (badge.dataset['verdict'] === found.verdict) {
      return;
    }
    badge.dataset['verdict'] = found.verdict;
    const sign = document.createElement('span');
    sign.setAttribute('aria-hidden', 'true');
    sign.textContent = verdictSign(found.verdict);
    const reason = plainText(found.reason, 200);
    const words = verdictText(found.verdict, this.trans);
    badge.replaceChildren(
      sign,
      this.trans.__(
        'When run again: %1',
        reason === null ? words : `${words}. ${reason}`
      )
    );
  }

  private disposed = false;
  /** The cells' code as it was when verdicts on it came. */
  private readonly sources = new Map<string, string>();
}
