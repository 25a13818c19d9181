import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ICellProgress } from '../api/reports';

/**
 * What is known of the cells of bundles, for the notebooks that show them.
 */
export class VerdictsModel {
  /** Emitted with a payload after its verdicts or its notebooks have changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Say which bundle a notebook shows, read-only or as a copy. */
  link(notebook: string, payload: string): void {
    this.payloads.set(plainPath(notebook), payload);
    this.changedSignal.emit();
  }

  /** Say what was found; `null` if nothing is shown of it any longer. */
  put(payload: string, cells: readonly ICellProgress[] | null): void {
    if (cells === null) {
      this.cells.delete(payload);
    } else {
      this.cells.set(payload, cells);
    }
    this.changedSignal.emit();
  }

  /** What is known of a notebook's cells, by their ids; `null` if it is none of ours. */
  of(notebook: string): ReadonlyMap<string, ICellProgress> | null {
    const payload = this.payloads.get(plainPath(notebook));
    const cells = payload === undefined ? undefined : this.cells.get(payload);
    return cells === undefined
      ? null
      : new Map(cells.map(cell => [cell.id, cell]));
  }

  private readonly payloads = new Map<string, string>();
  private readonly cells = new Map<string, readonly ICellProgress[]>();
  private readonly changedSignal = new Signal<this, void>(this);
}

/** The same place is written in several ways; `RTC:` is the workspace, edited together. */
function plainPath(path: string): string {
  return path.replace(/^RTC:/, '').replace(/^\/+/, '');
}
