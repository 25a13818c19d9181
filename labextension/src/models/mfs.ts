import type { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IEntry } from '../api/entries';
import type { IFolder, Operation } from '../api/mfs';
import { changeFiles, getFolder } from '../api/mfs';
import type { IProblem } from './problem';
import { problemOf } from './problem';

/** A removal that can be taken back: content stays until a clean-up. */
export interface IRemoved {
  readonly name: string;
  readonly operation: Operation;
}

/**
 * The files that can change (MFS): one folder at a time.
 */
export class FilesModel {
  /**
   * @param settings - The connection to the Jupyter server.
   */
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** `/a/b`. */
  get path(): string {
    return this.currentPath;
  }

  /** What the folder holds, or `null` before the first answer. */
  get folder(): IFolder | null {
    return this.currentFolder;
  }

  /** Why the last question or change failed. */
  get problem(): IProblem | null {
    return this.currentProblem;
  }

  /** What was removed last. */
  get removed(): IRemoved | null {
    return this.lastRemoved;
  }

  /** Emitted after any of these has changed. */
  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  /** Ask again for the folder; never rejects. */
  async refresh(): Promise<void> {
    const path = this.currentPath;
    try {
      const folder = await getFolder(path, this.settings);
      if (path !== this.currentPath) {
        return;
      }
      this.currentFolder = folder;
      this.currentProblem = null;
    } catch (error) {
      if (path !== this.currentPath) {
        return;
      }
      this.currentProblem = problemOf(error);
    }
    this.changedSignal.emit();
  }

  /** Go to a folder. */
  async go(path: string): Promise<void> {
    this.currentPath = path;
    this.currentFolder = null;
    this.lastRemoved = null;
    this.changedSignal.emit();
    await this.refresh();
  }

  /** Make a folder here. */
  async makeFolder(name: string): Promise<void> {
    await this.change([{ op: 'mkdir', path: this.place(name) }]);
  }

  /** Put stored content here. */
  async put(source: string, name: string): Promise<void> {
    await this.change([{ op: 'cp', source, target: this.place(name) }]);
  }

  /** Give an entry another name, or another place if it begins with `/`. */
  async move(name: string, to: string): Promise<void> {
    const target = to.startsWith('/') ? to : this.place(to);
    await this.change([{ op: 'mv', source: this.place(name), target }]);
  }

  /** Take an entry off; `undo` puts it back. */
  async remove(entry: IEntry): Promise<void> {
    const path = this.place(entry.name);
    if (await this.change([{ op: 'rm', path, recursive: true }])) {
      const source = `/ipfs/${entry.cid}`;
      this.lastRemoved = {
        name: entry.name,
        operation: { op: 'cp', source, target: path }
      };
      this.changedSignal.emit();
    }
  }

  /** Put back what was removed last. */
  async undo(): Promise<void> {
    if (this.lastRemoved !== null) {
      await this.change([this.lastRemoved.operation]);
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** The place of a name in this folder. */
  private place(name: string): string {
    return this.currentPath === '/'
      ? `/${name}`
      : `${this.currentPath}/${name}`;
  }

  private async change(operations: readonly Operation[]): Promise<boolean> {
    this.lastRemoved = null;
    try {
      await changeFiles(operations, this.settings);
    } catch (error) {
      this.currentProblem = problemOf(error);
      this.changedSignal.emit();
      return false;
    }
    await this.refresh();
    return true;
  }

  private currentPath = '/';
  private currentFolder: IFolder | null = null;
  private currentProblem: IProblem | null = null;
  private lastRemoved: IRemoved | null = null;
  private readonly changedSignal = new Signal<this, void>(this);
}
