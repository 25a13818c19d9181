import { Clipboard } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CidCard } from '../components/CidCard';
import { CID_MIME_TYPE, parseCard } from '../models/cidCard';
import type { ICard } from '../models/cidCard';

/**
 * Renders one output of our own type.
 */
export class CidCardRenderer
  extends ReactWidget
  implements IRenderMime.IRenderer
{
  /**
   * @param trans - The language.
   * @param open - Opens a CID.
   */
  constructor(
    private readonly trans: TranslationBundle,
    private readonly open?: (cid: string) => void
  ) {
    super();
    this.addClass('jp-Ipfs-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.card = parseCard(model.data[CID_MIME_TYPE]);
    this.update();
    await this.renderPromise;
  }

  protected render(): React.JSX.Element {
    return (
      <CidCard
        card={this.card}
        copy={text => Clipboard.copyToSystem(text)}
        open={this.open}
        trans={this.trans}
      />
    );
  }

  private card: ICard | null = null;
}

/**
 * The factory for JupyterLab's registry of renderers. The output is safe (text nodes
 * only), so it is also shown in notebooks that are not trusted.
 */
export function cidCardRendererFactory(
  trans: TranslationBundle,
  open: (cid: string) => void
): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [CID_MIME_TYPE],
    defaultRank: 20,
    createRenderer: () => new CidCardRenderer(trans, open)
  };
}
