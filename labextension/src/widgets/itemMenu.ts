import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Menu } from '@lumino/widgets';

import { asArgs } from '../models/target';
import type { IContentTarget, IItemMenu } from '../tokens';

/** A command's id, or a line between groups. */
export type ItemMenuEntry = string | null;

/**
 * The context menu of content that has a CID; each command gets the target as its args.
 */
export class ItemMenu implements IItemMenu {
  /**
   * @param commands - Where the commands are.
   * @param entries - What stands in the menu; what is not there or not visible is left out.
   */
  constructor(
    private readonly commands: CommandRegistry,
    private readonly entries: readonly ItemMenuEntry[]
  ) {
    this.menu = new MenuSvg({ commands });
    // For those who look for this menu among others; it looks as any menu does.
    this.menu.addClass('jp-Ipfs-itemMenu');
    this.menu.aboutToClose.connect(() => {
      // Before a command runs, so that a dialog gives the focus back to the row.
      this.opener?.focus({ preventScroll: true });
      this.opener = null;
    });
  }

  open(target: IContentTarget, x: number, y: number): void {
    const args = asArgs(target);
    this.menu.clearItems();
    for (const entry of this.entries) {
      if (entry === null) {
        this.menu.addItem({ type: 'separator' });
      } else if (this.commands.hasCommand(entry)) {
        this.menu.addItem({ command: entry, args });
      }
    }
    const focused = document.activeElement;
    this.opener = focused instanceof HTMLElement ? focused : null;
    this.menu.open(x, y);
  }

  private readonly menu: Menu;
  private opener: HTMLElement | null = null;
}
