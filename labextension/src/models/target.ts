import type { ReadonlyJSONObject } from '@lumino/coreutils';

import type { IItem } from '../api/items';
import type { IContentTarget } from '../tokens';
import { plainText } from './plainText';

/** An item of the list as a target of actions. */
export function itemTarget(item: IItem): IContentTarget {
  const name = item.names.find(each => each.name === item.title);
  return {
    path: item.path,
    cid: item.root,
    title: plainText(item.title) ?? item.root,
    kind: item.kind,
    item: {
      pinned: item.pinned,
      name: name?.name ?? (item.names.length > 0 ? item.names[0].name : null)
    }
  };
}

/** A target as a command's arguments. */
export function asArgs(target: IContentTarget): ReadonlyJSONObject {
  const { item, ...content } = target;
  return item === undefined ? content : { ...content, item };
}

/**
 * Read a target from a command's arguments.
 *
 * @returns The target, or `null` if there is none in them.
 */
export function targetFromArgs(
  args: Readonly<Record<string, unknown>>
): IContentTarget | null {
  const { path, cid, title, kind, item } = args;
  if (typeof path !== 'string') {
    return null;
  }
  return {
    path,
    cid: typeof cid === 'string' ? cid : path.split('/')[2] || '',
    title: typeof title === 'string' ? title : path,
    kind: typeof kind === 'string' ? kind : 'unknown',
    ...(isItemPart(item) ? { item } : {})
  };
}

function isItemPart(
  value: unknown
): value is NonNullable<IContentTarget['item']> {
  const part = value as Partial<NonNullable<IContentTarget['item']>> | null;
  return (
    typeof part === 'object' &&
    part !== null &&
    typeof part.pinned === 'boolean' &&
    (part.name === null || typeof part.name === 'string')
  );
}

/** A link that other IPFS programs open. */
export function ipfsLink(path: string): string {
  const parts = path.replace(/^\/ipfs\//, '').split('/');
  return `ipfs://${parts.map(encodeURIComponent).join('/')}`;
}

/** Characters of a file name: each may take four of the 255 bytes that file systems take. */
const MAX_NAME = 60;

/** A file name for something; nothing in it that a file system would not take. */
export function fileName(title: string): string {
  const name = title.replace(/[\\/:*?"<>|\u0000-\u001f\ufffd…]+/g, '-');
  const whole = name.replace(/^[.\s-]+|[.\s-]+$/g, '') || 'content';
  return Array.from(whole).slice(0, MAX_NAME).join('');
}

/** Python that loads something, for a notebook cell. */
export function loadCode(target: IContentTarget): string {
  // A JSON string is a Python string: both have the same escapes.
  const what = JSON.stringify(target.item?.name ?? target.path);
  if (target.kind === 'directory') {
    // A stored object may be several files; what is none is listed.
    return [
      'import jupyter_ipfs',
      'from jupyter_ipfs.errors import AdapterError',
      '',
      'ipfs = jupyter_ipfs.connect()',
      'try:',
      `    data = ipfs.load(${what})`,
      'except AdapterError:  # a folder of files',
      `    data = ipfs.ls(${what})  # ipfs.open(${what} + "/<file>") reads one`,
      'data'
    ].join('\n');
  }
  return `import jupyter_ipfs\n\ndata = jupyter_ipfs.connect().load(${what})\ndata`;
}
