import type { ISessionContext } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';

/** What of a notebook's panel is used; its own package is not one of ours. */
interface INotebookContent extends Widget {
  activeCellIndex: number;
  readonly widgets: readonly { readonly model: { readonly id: string } }[];
  scrollToItem?(index: number, align?: string): Promise<void>;
}

/** Show a cell of a notebook that is open, and choose it. */
export function showCell(panel: Widget, id: string): void {
  const { content } = panel as Widget & { readonly content: INotebookContent };
  const index = content.widgets.findIndex(({ model }) => model.id === id);
  if (index !== -1) {
    content.activeCellIndex = index;
    // One that is not there yet is scrolled to all the same.
    void content.scrollToItem?.(index, 'center').catch(() => undefined);
    content.node.focus();
  }
}

/**
 * Restart a notebook's kernel and run all its cells, with what they read recorded.
 *
 * @param code - What the cells say.
 *
 * @throws Error with the kernel's words if the magics cannot be loaded.
 */
export async function runRecorded(
  session: ISessionContext,
  code: string,
  commands: CommandRegistry
): Promise<void> {
  await session.ready;
  if (session.session?.kernel) {
    await session.session.kernel.restart();
  } else {
    await session.startKernel();
  }
  const kernel = session.session?.kernel;
  // What the notebook does by itself would say that it is done already.
  if (!/^%(re)?load_ext\s+jupyter_ipfs/m.test(code)) {
    const reply = await kernel?.requestExecute({
      code: '%load_ext jupyter_ipfs',
      store_history: false
    }).done;
    if (reply?.content.status === 'error') {
      throw new Error(reply.content.evalue);
    }
  }
  await commands.execute('notebook:run-all-cells');
  // What was seen is written down after the cell; to be asked for it is to have it written.
  await kernel?.requestExecute({
    code: '%ipfs record status',
    silent: true,
    store_history: false
  }).done;
}

/** The code of a notebook's cells. */
export function codeOf(model: DocumentRegistry.IModel): string {
  const { cells = [] } = (model.toJSON() ?? {}) as {
    cells?: readonly { cell_type?: string; source?: string | string[] }[];
  };
  return cells
    .filter(({ cell_type: type }) => type === 'code')
    .map(({ source = '' }) =>
      typeof source === 'string' ? source : source.join('')
    )
    .join('\n');
}
