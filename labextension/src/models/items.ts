import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { ICopy, IItem, IItemQuery } from '../api/items';
import { getItems } from '../api/items';
import type { IShare } from '../api/shares';
import { getShares } from '../api/shares';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** How many items are asked for at once. */
export const PAGE = 200;

/** Changes that follow each other are one. */
const SETTLE_MS = 150;

/** A row of the list; `null` is one that has not come yet. */
export interface IItemRow {
  readonly index: number;
  readonly item: IItem | null;
}

/** What tells rows apart, also before they have come. */
export function rowKey(row: IItemRow): string {
  return row.item?.root ?? `#${row.index}`;
}

/**
 * What is stored, loaded page by page as far as somebody looks, and only while somebody looks.
 */
export class ItemsModel {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** All rows of the list, in order. */
  get rows(): readonly IItemRow[] {
    return this.currentRows;
  }

  /** Whether nothing is stored at all; `null` before the server has said. */
  get isEmpty(): boolean | null {
    return this.empty;
  }

  get isLoaded(): boolean {
    return this.loaded;
  }

  get failure(): IProblem | null {
    return this.currentFailure;
  }

  get query(): IItemQuery {
    return this.currentQuery;
  }

  /** The key of the row that is chosen. */
  get activeKey(): string | null {
    return this.active;
  }

  get activeItem(): IItem | null {
    return this.active === null ? null : this.find(this.active);
  }

  /** The item of a root, if it has come. */
  find(root: string): IItem | null {
    return this.currentRows.find(row => row.item?.root === root)?.item ?? null;
  }

  /** Who has a copy; what is served from here comes from another resource. */
  copiesOf(item: IItem): readonly ICopy[] {
    const served = this.shares.filter(share => share.root === item.root);
    return [
      ...item.copies.filter(copy => copy.kind !== 'served'),
      ...served.map(({ url }) => ({
        kind: 'served' as const,
        place: url,
        since: null,
        checked_at: null
      }))
    ];
  }

  /** Whether a root is served from here. */
  isServed(root: string): boolean {
    return this.shares.some(share => share.root === root);
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Whether somebody looks. What has changed meanwhile is asked for when it becomes true. */
  set isWatched(isWatched: boolean) {
    this.watched = isWatched;
    if (isWatched && this.stale) {
      void this.refresh();
    }
  }

  /** List something else. */
  async search(query: Partial<IItemQuery>): Promise<void> {
    this.currentQuery = { ...this.currentQuery, ...query };
    this.changedSignal.emit();
    await this.refresh();
  }

  /** Choose a row. */
  activate(key: string | null): void {
    if (key !== this.active) {
      this.active = key;
      this.changedSignal.emit();
    }
  }

  /** The list may have changed: ask again, soon if somebody looks, else when somebody does. */
  invalidate(): void {
    this.stale = true;
    if (this.watched && this.timer === undefined) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        if (this.watched) {
          void this.refresh();
        }
      }, SETTLE_MS);
    }
  }

  /** Ask for what is shown again; never rejects. */
  async refresh(): Promise<void> {
    this.stale = false;
    const generation = ++this.generation;
    const pages = new Set([...this.visiblePages].filter(page => page > 0));
    this.loading.clear();
    try {
      const [{ items, total }, shares] = await Promise.all([
        this.ask(0),
        // Without it the list is as good.
        getShares(this.settings).catch((): IShare[] => [])
      ]);
      if (generation !== this.generation) {
        return;
      }
      const rows: IItemRow[] = [];
      for (let index = 0; index < total; index++) {
        // What is known of a row stays in sight until it comes anew.
        const old = pages.has(Math.floor(index / PAGE))
          ? (this.currentRows[index]?.item ?? null)
          : null;
        rows.push({ index, item: items[index] ?? old });
      }
      this.shares = shares;
      this.currentRows = rows;
      this.currentFailure = null;
      this.loaded = true;
      if (total > 0) {
        this.empty = false;
      } else if (
        this.currentQuery.kind === 'all' &&
        this.currentQuery.query === ''
      ) {
        this.empty = true;
      }
    } catch (error) {
      if (generation !== this.generation) {
        return;
      }
      this.stale = true;
      this.currentFailure = problemOf(error);
    }
    this.changedSignal.emit();
    await Promise.all([...pages].map(page => this.load(page, generation)));
  }

  /** Load what is missing between two rows. */
  async reach(first: number, last: number): Promise<void> {
    const from = Math.floor(first / PAGE);
    const to = Math.floor(last / PAGE);
    this.visiblePages = new Set([from, to]);
    const missing = [...this.visiblePages].filter(page => {
      const row = Math.min(
        Math.max(page * PAGE, first),
        this.currentRows.length - 1
      );
      return (
        row >= 0 &&
        this.currentRows[row].item === null &&
        !this.loading.has(page)
      );
    });
    await Promise.all(missing.map(page => this.load(page, this.generation)));
  }

  dispose(): void {
    clearTimeout(this.timer);
    Signal.clearData(this);
  }

  private async load(page: number, generation: number): Promise<void> {
    this.loading.add(page);
    try {
      const { items } = await this.ask(page * PAGE);
      if (generation !== this.generation) {
        return;
      }
      const rows = [...this.currentRows];
      items.forEach((item, position) => {
        const index = page * PAGE + position;
        if (index < rows.length) {
          if (this.active === rowKey(rows[index])) {
            this.active = item.root;
          }
          rows[index] = { index, item };
        }
      });
      this.currentRows = rows;
    } catch (error) {
      if (generation !== this.generation) {
        return;
      }
      this.currentFailure = problemOf(error);
    } finally {
      this.loading.delete(page);
    }
    this.changedSignal.emit();
  }

  private ask(offset: number): Promise<{ items: IItem[]; total: number }> {
    return getItems(this.currentQuery, offset, PAGE, this.settings);
  }

  private currentRows: readonly IItemRow[] = [];
  private shares: readonly IShare[] = [];
  private currentQuery: IItemQuery = { kind: 'all', query: '' };
  private currentFailure: IProblem | null = null;
  private active: string | null = null;
  private empty: boolean | null = null;
  private loaded = false;
  private watched = false;
  private stale = true;
  private generation = 0;
  private visiblePages: ReadonlySet<number> = new Set([0]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly loading = new Set<number>();
  private readonly changedSignal = new Signal<this, void>(this);
}
