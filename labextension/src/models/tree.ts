import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IEntry, IListing } from '../api/entries';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** How many entries are asked for at once. */
export const PAGE = 500;

/** More lines than this are not drawn. */
const MAX_ENTRIES = 1_000_000;

/** How deep a tree opens: a crafted one has no end. */
const MAX_DEPTH = 256;

/** Asks for a part of a directory's entries. */
export type ListEntries = (
  path: string,
  offset: number,
  limit: number
) => Promise<IListing>;

/** A place in the tree. */
export interface ITreeNode {
  readonly entry: IEntry;
  readonly depth: number;
  readonly parent: ITreeNode | null;
  /** From 1. */
  readonly position: number;
  readonly isOpen: boolean;
  /** How many entries it is known to have. */
  readonly total: number;
}

/** What a line of the tree is; the others than `entry` stand below a directory. */
export type TreeLine =
  | { readonly kind: 'entry'; readonly node: ITreeNode }
  | { readonly kind: 'waiting' | 'empty' }
  | { readonly kind: 'problem'; readonly problem: IProblem };

/** A line of the tree, and where it stands. */
export type TreeRow = TreeLine & {
  /** Differs from that of every other line, and stays. */
  readonly key: string;
  readonly parent: ITreeNode | null;
  readonly depth: number;
  /** From 1, among the entries of its directory. */
  readonly position: number;
  readonly siblings: number;
};

/** A place with what only the model changes. */
interface INode extends ITreeNode {
  isOpen: boolean;
  total: number;
  isAwaited: boolean;
  problem: IProblem | null;
  /** By place; those that nobody asked for are not there. */
  readonly children: Map<number, INode>;
  /** The offsets of the pages that were asked for. */
  readonly asked: Set<number>;
}

function makeNode(
  entry: IEntry,
  parent: INode | null,
  place: Pick<ITreeNode, 'depth' | 'position'>
): INode {
  return {
    entry,
    parent,
    ...place,
    isOpen: false,
    total: 0,
    isAwaited: false,
    problem: null,
    children: new Map(),
    asked: new Set()
  };
}

/**
 * A directory's entries as lines. Directories are listed when they are opened, page
 * by page, and only the pages that somebody looks at.
 */
export class TreeModel {
  /**
   * @param root - The directory, with its first entries.
   * @param list - Asks for more.
   */
  constructor(
    root: IListing,
    private readonly list: ListEntries
  ) {
    this.root = makeNode(root, null, { depth: -1, position: 1 });
    this.root.isOpen = true;
    this.take(this.root, 0, root);
    this.flatten();
  }

  /** What is shown, from top to bottom. */
  get rows(): readonly TreeRow[] {
    return this.currentRows;
  }

  /** Emitted after `rows` has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Open or close a directory. */
  toggle(node: ITreeNode, isOpen = !node.isOpen): void {
    const target = node as INode;
    if (
      node.entry.kind !== 'directory' ||
      target.isOpen === isOpen ||
      node.depth >= MAX_DEPTH
    ) {
      return;
    }
    target.isOpen = isOpen;
    if (isOpen && (target.asked.size === 0 || target.problem !== null)) {
      target.problem = null;
      target.asked.clear();
      void this.load(target, 0);
    }
    this.flatten();
    this.changedSignal.emit();
  }

  /** Say which lines can be seen, so that their entries are asked for. */
  look(start: number, end: number): void {
    for (const row of this.currentRows.slice(start, end)) {
      if (row.kind === 'waiting') {
        const parent = (row.parent ?? this.root) as INode;
        void this.load(parent, Math.floor((row.position - 1) / PAGE) * PAGE);
      }
    }
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  private async load(node: INode, offset: number): Promise<void> {
    if (node.asked.has(offset)) {
      return;
    }
    node.asked.add(offset);
    node.isAwaited = true;
    try {
      this.take(node, offset, await this.list(node.entry.path, offset, PAGE));
    } catch (error) {
      node.problem = problemOf(error);
    }
    node.isAwaited = false;
    if (!this.isDisposed) {
      this.flatten();
      this.changedSignal.emit();
    }
  }

  private take(node: INode, offset: number, listing: IListing): void {
    node.asked.add(offset);
    listing.entries.forEach((entry, index) => {
      const place = offset + index;
      const parent = node === this.root ? null : node;
      node.children.set(
        place,
        node.children.get(place) ??
          makeNode(entry, parent, {
            depth: node.depth + 1,
            position: place + 1
          })
      );
    });
    const seen = offset + listing.entries.length;
    // One line more stands for the entries that nobody has counted.
    const more = listing.complete ? 0 : 1;
    node.total = Math.min(listing.total ?? seen + more, MAX_ENTRIES);
  }

  private flatten(): void {
    const rows: TreeRow[] = [];
    this.append(rows, this.root, '');
    this.currentRows = rows;
  }

  private append(rows: TreeRow[], node: INode, above: string): void {
    const parent = node === this.root ? null : node;
    const isFirstAwaited = node.children.size === 0 && node.isAwaited;
    const siblings = isFirstAwaited ? 1 : node.total;
    const depth = node.depth + 1;
    const add = (line: TreeLine, position: number): void => {
      // An entry has the key of the line that stood for it, so that it keeps the focus.
      const isPlace = line.kind === 'entry' || line.kind === 'waiting';
      const key = `${above}/${isPlace ? position : line.kind}`;
      rows.push({ ...line, key, parent, depth, position, siblings });
    };
    if (node.problem !== null) {
      add({ kind: 'problem', problem: node.problem }, 1);
    } else if (siblings === 0) {
      add({ kind: 'empty' }, 1);
    }
    for (let place = 0; place < siblings; place++) {
      const child = node.children.get(place);
      if (child === undefined) {
        add({ kind: 'waiting' }, place + 1);
        continue;
      }
      add({ kind: 'entry', node: child }, place + 1);
      if (child.isOpen) {
        this.append(rows, child, `${above}/${place + 1}`);
      }
    }
  }

  private isDisposed = false;
  private currentRows: readonly TreeRow[] = [];
  private readonly root: INode;
  private readonly changedSignal = new Signal<this, void>(this);
}
