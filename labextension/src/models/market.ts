import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type {
  IAssetCard,
  IAssetQuery,
  IMine,
  IOceanStatus,
  IPending
} from '../api/ocean';
import { getAssets, getMine, getOcean, getPending } from '../api/ocean';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** How many assets are asked for at once. */
export const PAGE = 50;

/** Changes that follow each other are one. */
const SETTLE_MS = 200;

/** Which assets are listed. */
export type MarketList = 'all' | 'published' | 'bought';

export const NO_QUERY: IAssetQuery = {
  query: '',
  kind: '',
  price: '',
  tag: '',
  author: '',
  sort: 'newest'
};

/**
 * The market: what is offered, what is one's own, and where that is; asked for only while
 * somebody looks.
 */
export class MarketModel {
  /**
   * @param settings - The connection to the Jupyter server.
   * @param page - How many assets are asked for at once.
   * @param mayStart - Whether a practice chain may be started to be asked.
   */
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly page = PAGE,
    private readonly mayStart = true
  ) {}

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Where is published; `null` before the server has said. */
  get status(): IOceanStatus | null {
    return this.currentStatus;
  }

  /** What the list shows. */
  get assets(): readonly IAssetCard[] {
    switch (this.currentList) {
      case 'all':
        return this.found;
      case 'published':
        return this.currentMine?.published ?? [];
      case 'bought':
        return this.currentMine?.bought ?? [];
    }
  }

  /** How many there are in all. */
  get total(): number {
    return this.currentList === 'all' ? this.foundTotal : this.assets.length;
  }

  /** Whether the practice chain would have to be started to list anything. */
  get isAsleep(): boolean {
    return this.asleep;
  }

  get mine(): IMine | null {
    return this.currentMine;
  }

  get pending(): readonly IPending[] {
    return this.currentPending;
  }

  get list(): MarketList {
    return this.currentList;
  }

  get query(): IAssetQuery {
    return this.currentQuery;
  }

  get isLoaded(): boolean {
    return this.loaded;
  }

  get failure(): IProblem | null {
    return this.currentFailure;
  }

  /** Whether somebody looks. What has changed meanwhile is asked for when it becomes true. */
  set isWatched(isWatched: boolean) {
    this.watched = isWatched;
    if (isWatched && this.stale) {
      void this.refresh();
    }
  }

  /** List something else. */
  async search(query: Partial<IAssetQuery>): Promise<void> {
    this.currentQuery = { ...this.currentQuery, ...query };
    this.wanted = this.page;
    this.changedSignal.emit();
    await this.refresh();
  }

  async show(list: MarketList): Promise<void> {
    this.currentList = list;
    this.loaded = false;
    this.changedSignal.emit();
    await this.refresh();
  }

  /** List more of them. */
  async more(): Promise<void> {
    this.wanted = this.found.length + this.page;
    await this.refresh();
  }

  /** Something may have changed: ask again, soon if somebody looks, else when somebody does. */
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
    const turn = ++this.turn;
    try {
      const status = await getOcean(this.settings);
      if (turn !== this.turn) {
        return;
      }
      this.currentStatus = status;
      const [, pending] = await Promise.all([
        this.refreshList(turn),
        // Without it the list is as good.
        getPending(this.settings).catch((): IPending[] => [])
      ]);
      if (turn !== this.turn) {
        return;
      }
      this.currentPending = pending;
      this.currentFailure = null;
      this.loaded = true;
    } catch (error) {
      if (turn !== this.turn) {
        return;
      }
      this.stale = true;
      this.currentFailure = problemOf(error);
    }
    this.changedSignal.emit();
  }

  /** Ask which publications were broken off; never rejects. */
  async refreshPending(): Promise<void> {
    this.currentPending = await getPending(this.settings).catch(
      (): IPending[] => []
    );
    this.changedSignal.emit();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.turn += 1;
    Signal.clearData(this);
  }

  private async refreshList(turn: number): Promise<void> {
    if (this.currentList !== 'all') {
      const mine = await getMine(this.settings);
      if (turn === this.turn) {
        this.currentMine = mine;
      }
      return;
    }
    const found: IAssetCard[] = [];
    let total = 0;
    let isAsleep = false;
    do {
      const answer = await getAssets(
        this.currentQuery,
        found.length,
        this.page,
        this.settings,
        this.mayStart
      );
      found.push(...answer.assets);
      total = answer.total;
      isAsleep = answer.isAsleep;
      if (answer.assets.length === 0) {
        break;
      }
    } while (found.length < Math.min(this.wanted, total));
    if (turn === this.turn) {
      this.found = found;
      this.foundTotal = total;
      this.asleep = isAsleep;
    }
  }

  private currentStatus: IOceanStatus | null = null;
  private found: readonly IAssetCard[] = [];
  private foundTotal = 0;
  private asleep = false;
  private wanted = this.page;
  private currentMine: IMine | null = null;
  private currentPending: readonly IPending[] = [];
  private currentList: MarketList = 'all';
  private currentQuery: IAssetQuery = NO_QUERY;
  private currentFailure: IProblem | null = null;
  private loaded = false;
  private watched = false;
  private stale = true;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly changedSignal = new Signal<this, void>(this);
}
