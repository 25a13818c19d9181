import type { MimeData } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';

import { droppedEntries } from '../models/drop';

/** Paths of Jupyter's workspace, as the file browser drags them. */
const CONTENTS_MIME = 'application/x-jupyter-icontents';

const MARK = 'jp-Ipfs-mod-dropTarget';

/** What Lumino sends while something of JupyterLab's own is dragged. */
interface ILuminoDragEvent extends Event {
  dropAction: string;
  readonly proposedAction: string;
  readonly mimeData: MimeData;
  readonly relatedTarget: EventTarget | null;
}

export interface IDropTargetOptions {
  readonly node: HTMLElement;
  /** Called when something that it takes is held over its tab, so that it can come to the front. */
  readonly onTab: () => void;
  /** Said while something is held over it. */
  readonly label: () => string;
  /** Files and folders from the desktop. */
  readonly onFiles: (entries: FileSystemEntry[]) => void;
  /** Paths from Jupyter's file browser. */
  readonly onPaths: (paths: readonly string[]) => void;
}

/**
 * Makes an element a place to drop files on, from the desktop and from the file browser.
 */
export class DropTarget implements IDisposable {
  constructor(private readonly options: IDropTargetOptions) {
    const { node } = options;
    for (const [type, listener] of this.listeners) {
      node.addEventListener(type, listener);
    }
    document.addEventListener('dragenter', this.onTab, true);
    document.addEventListener('lm-dragenter', this.onTab, true);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    this.disposed = true;
    for (const [type, listener] of this.listeners) {
      this.options.node.removeEventListener(type, listener);
    }
    document.removeEventListener('dragenter', this.onTab, true);
    document.removeEventListener('lm-dragenter', this.onTab, true);
  }

  private readonly onDrag = (event: Event): void => {
    const { dataTransfer } = event as DragEvent;
    if (dataTransfer?.types.includes('Files') !== true) {
      return;
    }
    event.preventDefault();
    dataTransfer.dropEffect = 'copy';
    this.mark(true);
  };

  private readonly onDrop = (event: Event): void => {
    const { dataTransfer } = event as DragEvent;
    this.mark(false);
    if (dataTransfer?.types.includes('Files') !== true) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.options.onFiles(droppedEntries(dataTransfer));
  };

  private readonly onLuminoDrag = (event: Event): void => {
    const drag = event as ILuminoDragEvent;
    if (!drag.mimeData.hasData(CONTENTS_MIME)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    drag.dropAction = drag.proposedAction;
    this.mark(true);
  };

  private readonly onLuminoDrop = (event: Event): void => {
    const drag = event as ILuminoDragEvent;
    this.mark(false);
    const paths: unknown = drag.mimeData.getData(CONTENTS_MIME);
    if (!Array.isArray(paths)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    drag.dropAction = drag.proposedAction;
    this.options.onPaths(
      paths.filter((path): path is string => typeof path === 'string')
    );
  };

  private readonly onTab = (event: Event): void => {
    const { target } = event;
    const tab = `.lm-TabBar-tab[data-id="${CSS.escape(this.options.node.id)}"]`;
    if (!(target instanceof Element) || target.closest(tab) === null) {
      return;
    }
    const takes =
      event.type === 'dragenter'
        ? (event as DragEvent).dataTransfer?.types.includes('Files')
        : (event as ILuminoDragEvent).mimeData.hasData(CONTENTS_MIME);
    if (takes === true) {
      this.options.onTab();
    }
  };

  private readonly onLeave = (event: Event): void => {
    const to = (event as DragEvent).relatedTarget;
    if (!(to instanceof Node && this.options.node.contains(to))) {
      this.mark(false);
    }
  };

  private mark(isOver: boolean): void {
    const { node } = this.options;
    if (isOver) {
      node.dataset['dropLabel'] = this.options.label();
    }
    node.classList.toggle(MARK, isOver);
  }

  private disposed = false;
  private readonly listeners = [
    ['dragenter', this.onDrag],
    ['dragover', this.onDrag],
    ['dragleave', this.onLeave],
    ['drop', this.onDrop],
    ['lm-dragenter', this.onLuminoDrag],
    ['lm-dragover', this.onLuminoDrag],
    ['lm-dragleave', this.onLeave],
    ['lm-drop', this.onLuminoDrop]
  ] as const;
}
