import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chosenFiles, walkEntries } from '../../src/models/drop';
import { FileStream } from '../../src/models/fileStream';
import { storeName } from '../../src/models/storeName';

/** A folder as browsers show it: its entries come in batches of a hundred. */
type Tree = { readonly [name: string]: Tree | string };

function entry(name: string, content: Tree | string): FileSystemEntry {
  if (typeof content === 'string') {
    const file = new File([content], name);
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (resolve: (file: File) => void) => resolve(file)
    } as unknown as FileSystemEntry;
  }
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      const rest = Object.entries(content);
      return {
        readEntries: (resolve: (entries: FileSystemEntry[]) => void) =>
          resolve(rest.splice(0, 100).map(([n, c]) => entry(n, c)))
      };
    }
  } as unknown as FileSystemEntry;
}

function walk(...entries: FileSystemEntry[]) {
  const { signal } = new AbortController();
  return walkEntries(entries, signal, () => undefined);
}

test('a folder is walked to its end, in an order that does not depend on the browser', async () => {
  const tree = { b: { z: '1', a: '2' }, a: '3' };
  const found = await walk(entry('s', tree));
  assert.deepEqual(
    found.files.map(({ path }) => path),
    ['s/a', 's/b/a', 's/b/z']
  );
  assert.equal(found.name, 's');
});

test('hidden files and empty folders are left out and counted', async () => {
  const found = await walk(
    entry('s', {
      'a.csv': '1',
      '.DS_Store': '',
      '.ipynb_checkpoints': { 'a.ipynb': '{}' },
      empty: {},
      sub: { empty: {} }
    })
  );
  assert.deepEqual(
    found.files.map(({ path }) => path),
    ['s/a.csv']
  );
  assert.equal(found.hidden, 2);
  assert.equal(found.emptyFolders, 2);
});

test('of two files with one path the first is taken', async () => {
  const found = await walk(entry('a', '1'), entry('a', '2'), entry('b', '3'));
  assert.equal(found.files.length, 2);
  assert.equal(found.clashes, 1);
  assert.equal(found.name, null);
});

test('ten thousand files are found, in batches', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const tree = Object.fromEntries(names.map(name => [name, name]));
  const found = await walk(entry('many', tree));
  assert.equal(found.files.length, 10_000);
});

test('a folder that cannot be read is an error and not an empty folder', async () => {
  const broken = {
    name: 's',
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (_: unknown, reject: (error: Error) => void) =>
        reject(new Error('NotReadableError'))
    })
  } as unknown as FileSystemEntry;
  await assert.rejects(walk(broken));
});

test('looking can be stopped', async () => {
  const abort = new AbortController();
  abort.abort();
  await assert.rejects(
    walkEntries([entry('a', '1')], abort.signal, () => undefined)
  );
});

test('a folder that was chosen keeps its paths', () => {
  const file = (path: string): File => {
    const made = new File(['x'], path.split('/').pop() ?? '');
    return Object.assign(made, { webkitRelativePath: path });
  };
  const found = chosenFiles([file('s/b.txt'), file('s/.git/x'), file('s/a')]);
  assert.deepEqual(
    found.files.map(({ path }) => path),
    ['s/a', 's/b.txt']
  );
  assert.equal(found.hidden, 1);
  assert.equal(found.name, 's');
});

test('any slice of a stream is the same slice of its files, one after the other', async () => {
  const contents = ['', 'abc', 'd', '', 'efgh', ''];
  const stream = new FileStream(
    contents.map((content, index) => ({
      path: `${index}`,
      file: new File([content], `${index}`)
    }))
  );
  const all = contents.join('');
  assert.equal(stream.size, all.length);
  for (let start = 0; start <= all.length; start++) {
    for (let end = start; end <= all.length; end++) {
      const text = await stream.slice(start, end).text();
      assert.equal(text, all.slice(start, end));
    }
  }
});

test('a name that the repo would refuse is not given', () => {
  const cid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
  for (const wrong of ['', ' a', 'a@2', 'a/b', 'a\u202eb', 'a\nb', cid]) {
    assert.equal(storeName(wrong), null, wrong);
  }
  assert.equal(storeName('n'.repeat(129)), null);
  assert.equal(storeName('Messung e\u0301.csv'), 'Messung \u00e9.csv');
});
