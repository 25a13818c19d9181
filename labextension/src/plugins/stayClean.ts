import type { DocumentRegistry } from '@jupyterlab/docregistry';

/**
 * Let a notebook that is only read count as unchanged as long as its cells are: JupyterLab adds
 * metadata of its own to whatever it opens, and would ask to save that.
 */
export function stayClean(model: DocumentRegistry.IModel): void {
  const cells = cellsOf(model);
  const settle = (): void => {
    if (!model.isDisposed && model.dirty && cellsOf(model) === cells) {
      model.dirty = false;
    }
  };
  // Not while the change is being told.
  model.stateChanged.connect(() => queueMicrotask(settle));
  settle();
}

/** What somebody could have typed or run; ids and metadata come and go by themselves. */
function cellsOf(model: DocumentRegistry.IModel): string {
  const { cells = [] } = (model.toJSON() ?? {}) as {
    cells?: readonly Readonly<Record<string, unknown>>[];
  };
  return JSON.stringify(
    cells.map(({ cell_type: type, source, outputs }) => [type, source, outputs])
  );
}
