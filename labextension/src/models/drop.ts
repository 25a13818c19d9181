/** One file that somebody chose or dropped. */
export interface IPickedFile {
  /** Relative to where it was taken from, with `/`: `survey/2026/a.csv`. */
  readonly path: string;
  readonly file: File;
}

/** What somebody chose or dropped, and what of it is left out. */
export interface IPicked {
  /** The only file's or folder's name; `null` if several were chosen together. */
  readonly name: string | null;
  /** By path. */
  readonly files: readonly IPickedFile[];
  /** Files and folders whose names begin with a dot, as `%ipfs put` leaves them out. */
  readonly hidden: number;
  /** Folders without a file, which a browser cannot pass on. */
  readonly emptyFolders: number;
  /** Files of which another one has the name. */
  readonly clashes: number;
  /** Whether what is in the file is taken in, rather than the file stored. */
  readonly as?: 'car';
}

/**
 * What a drop from the desktop holds. Must be called while the event is handled:
 * afterwards the browser has emptied it.
 */
export function droppedEntries(data: DataTransfer): FileSystemEntry[] {
  return Array.from(data.items)
    .filter(item => item.kind === 'file')
    .map(item => item.webkitGetAsEntry())
    .filter(entry => entry !== null);
}

/**
 * Find all files below what was dropped; nothing of them is read.
 *
 * @param entries - What was dropped.
 * @param signal - Aborted to stop.
 * @param onFound - Told after each folder how many files there are so far.
 * @throws When a folder or file cannot be read.
 */
export async function walkEntries(
  entries: readonly FileSystemEntry[],
  signal: AbortSignal,
  onFound: (files: number) => void
): Promise<IPicked> {
  const found: IPickedFile[] = [];
  let hidden = 0;
  let emptyFolders = 0;
  const rest: { readonly parent: string; readonly entry: FileSystemEntry }[] =
    entries.map(entry => ({ parent: '', entry }));

  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    signal.throwIfAborted();
    const { parent, entry } = next;
    const path = `${parent}${entry.name}`;
    if (isHidden(entry.name)) {
      hidden += 1;
    } else if (isFolder(entry)) {
      const children = await readFolder(entry, signal);
      if (children.length === 0) {
        emptyFolders += 1;
      }
      for (const child of children) {
        rest.push({ parent: `${path}/`, entry: child });
      }
      onFound(found.length);
    } else if (isFile(entry)) {
      found.push({ path, file: await readFile(entry) });
    }
  }
  onFound(found.length);
  const name = entries.length === 1 ? entries[0].name : null;
  return { ...arranged(found), name, hidden, emptyFolders };
}

/**
 * What somebody chose in the browser's own dialog, files or one folder.
 */
export function chosenFiles(files: Iterable<File>): IPicked {
  const found: IPickedFile[] = [];
  let hidden = 0;
  for (const file of files) {
    const path =
      file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
    if (path.split('/').some(isHidden)) {
      hidden += 1;
    } else {
      found.push({ path, file });
    }
  }
  const tops = new Set(found.map(({ path }) => path.split('/', 1)[0]));
  const name = tops.size === 1 ? [...tops][0] : null;
  return { ...arranged(found), name, hidden, emptyFolders: 0 };
}

/** In an order that the same files have the next time, too, each path once. */
function arranged(
  found: readonly IPickedFile[]
): Pick<IPicked, 'files' | 'clashes'> {
  const byPath = new Map<string, IPickedFile>();
  for (const file of found) {
    if (!byPath.has(file.path)) {
      byPath.set(file.path, file);
    }
  }
  const files = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, clashes: found.length - files.length };
}

/** The browser gives a folder's entries in batches, the last one empty. */
async function readFolder(
  folder: FileSystemDirectoryEntry,
  signal: AbortSignal
): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    signal.throwIfAborted();
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (batch.length === 0) {
      return all;
    }
    all.push(...batch);
  }
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
