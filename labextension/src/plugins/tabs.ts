import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Widget } from '@lumino/widgets';

/**
 * Show a widget as a tab. Notebook 7 has one place in its main area, and says nothing
 * when it is taken; the widget then goes to the right.
 */
export function addTab(shell: JupyterFrontEnd.IShell, widget: Widget): void {
  shell.add(widget, 'main');
  if (!widget.isAttached) {
    shell.add(widget, 'right');
  }
  shell.activateById(widget.id);
}
