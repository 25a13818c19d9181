import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IEntry, IListing } from '../../src/api/entries';
import type { ITreeNode, TreeRow } from '../../src/models/tree';
import { PAGE, TreeModel } from '../../src/models/tree';

const CID = 'bafkqaaa';

function entry(path: string, kind = 'file'): IEntry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, path, cid: CID, kind, size: 1 };
}

/** A page of a directory with `count` files, as the server cuts it. */
function page(
  path: string,
  count: number,
  offset: number,
  { isCounted = true, kind = 'file' } = {}
): IListing {
  const end = Math.min(offset + PAGE, count);
  const entries = Array.from({ length: end - offset }, (_, index) =>
    entry(`${path}/${offset + index}`, kind)
  );
  return {
    ...entry(path, 'directory'),
    dag_size: null,
    total: isCounted || end === count ? count : null,
    entries,
    complete: end === count
  };
}

function nodeOf(row: TreeRow): ITreeNode {
  assert(row.kind === 'entry');
  return row.node;
}

/** Wait until the model has taken in an answer. */
async function answer(model: TreeModel): Promise<void> {
  await new Promise<void>(resolve => {
    const follow = (): void => {
      model.changed.disconnect(follow);
      resolve();
    };
    model.changed.connect(follow);
  });
}

test('a large directory has all its lines at once, and asks for those looked at', async () => {
  const asked: number[] = [];
  const model = new TreeModel(page('/d', 10_000, 0), (path, offset) => {
    asked.push(offset);
    return Promise.resolve(page(path, 10_000, offset));
  });
  assert.equal(model.rows.length, 10_000);
  assert.equal(model.rows[9_999].kind, 'waiting');
  model.look(0, 60);
  assert.deepEqual(asked, []);
  model.look(9_950, 10_050);
  model.look(9_950, 10_050);
  await answer(model);
  assert.deepEqual(asked, [9_500]);
  assert.equal(nodeOf(model.rows[9_999]).entry.name, '9999');
  assert.equal(model.rows[9_000].kind, 'waiting');
});

test('a directory that nobody has counted grows as somebody looks at its end', async () => {
  const model = new TreeModel(
    page('/d', 700, 0, { isCounted: false }),
    (path, offset) =>
      Promise.resolve(page(path, 700, offset, { isCounted: false }))
  );
  assert.equal(model.rows.length, PAGE + 1);
  model.look(PAGE - 20, PAGE + 20);
  await answer(model);
  assert.equal(model.rows.length, 700);
});

test('a directory is listed when it is opened, once', async () => {
  const asked: string[] = [];
  const model = new TreeModel(
    page('/d', 2, 0, { kind: 'directory' }),
    (path, offset) => {
      asked.push(path);
      return Promise.resolve(page(path, 1, offset));
    }
  );
  const node = nodeOf(model.rows[0]);
  model.toggle(node);
  assert.deepEqual(
    model.rows.map(row => row.kind),
    ['entry', 'waiting', 'entry']
  );
  await answer(model);
  const rows = model.rows;
  assert.equal(nodeOf(rows[1]).entry.path, '/d/0/0');
  assert.equal(rows[1].depth, 1);
  assert.equal(rows[1].parent, node);
  model.toggle(node);
  assert.equal(model.rows.length, 2);
  model.toggle(node);
  assert.equal(model.rows.length, 3);
  assert.deepEqual(asked, ['/d/0']);
  assert.equal(new Set(model.rows.map(row => row.key)).size, 3);
});

test('what could not be listed says why, and is asked for again', async () => {
  let answers = 0;
  const model = new TreeModel(
    page('/d', 1, 0, { kind: 'directory' }),
    (path, offset) =>
      answers++ === 0
        ? Promise.reject(new Error('not here'))
        : Promise.resolve(page(path, 0, offset))
  );
  const node = nodeOf(model.rows[0]);
  model.toggle(node);
  await answer(model);
  assert.equal(model.rows[1].kind, 'problem');
  model.toggle(node);
  model.toggle(node);
  await answer(model);
  assert.equal(model.rows[1].kind, 'empty');
});

test('a file does not open', () => {
  const model = new TreeModel(page('/d', 1, 0), () => {
    throw new Error('nobody asked');
  });
  model.toggle(nodeOf(model.rows[0]));
  assert.equal(model.rows.length, 1);
});
