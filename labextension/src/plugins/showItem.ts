import type { JupyterFrontEnd } from '@jupyterlab/application';

import type { IPanel } from '../tokens';
import { CommandIDs } from './commandIDs';

/** Show what was stored in the sidebar's list, as far as there is one. */
export function showItem(
  { commands }: JupyterFrontEnd,
  panel: IPanel | null,
  root: string
): void {
  if (commands.hasCommand(CommandIDs.showItem)) {
    void commands.execute(CommandIDs.showItem, { root });
  } else {
    panel?.reveal('items');
  }
}
