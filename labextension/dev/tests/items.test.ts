import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { asConfig } from '../../src/api/config';
import { asItem } from '../../src/api/items';
import { parseServerEvent } from '../../src/api/watch';
import { whoSet } from '../../src/models/config';
import { ItemsModel, PAGE, rowKey } from '../../src/models/items';
import {
  fileName,
  ipfsLink,
  itemTarget,
  loadCode,
  targetFromArgs
} from '../../src/models/target';

/** Held against openapi.yaml by the Python tests. */
const payloads = JSON.parse(
  readFileSync(
    new URL('../../../tests/browser/rest.json', import.meta.url),
    'utf-8'
  )
) as Record<string, Record<string, unknown>>;

test('an item is read as it was written, and becomes a target of actions', () => {
  const target = itemTarget(asItem(payloads.item));
  assert.equal(target.path, payloads.item.path);
  assert.equal(target.title, 'survey');
  assert.deepEqual(target.item, { pinned: true, name: 'survey' });
});

test('what is no item is refused', () => {
  assert.throws(() => asItem(null), TypeError);
  assert.throws(() => asItem({ ...payloads.item, copies: null }), TypeError);
  assert.throws(() => asConfig({ backend: 'embedded' }), TypeError);
});

test('a title cannot turn the direction of writing or break its line', () => {
  const { title, item } = itemTarget(asItem(payloads['item-hostile']));
  assert.equal(title, 'photo\ufffdgpj.exe\ufffd<script>');
  assert.deepEqual(item, { pinned: false, name: null });
});

test('a target goes through the arguments of a command', () => {
  const target = itemTarget(asItem(payloads.item));
  assert.deepEqual(
    targetFromArgs(
      JSON.parse(JSON.stringify(target)) as Record<string, unknown>
    ),
    target
  );
  assert.equal(targetFromArgs({}), null);
  assert.equal(targetFromArgs({ path: '/ipfs/bafy/a' })?.cid, 'bafy');
});

test('links and file names hold no more than they should', () => {
  assert.equal(
    ipfsLink('/ipfs/bafy/a b/ü#?'),
    'ipfs://bafy/a%20b/%C3%BC%23%3F'
  );
  assert.equal(fileName('../../etc/passwd'), 'etc-passwd');
  assert.equal(fileName('a\n"b"…'), 'a-b');
  assert.equal(fileName('…'), 'content');
  assert.equal(fileName('T'.repeat(3000)).length, 60);
});

test('code that loads something quotes its name', () => {
  const target = itemTarget(asItem(payloads.item));
  assert.match(loadCode(target), /\.load\("survey"\)/);
  const evil = { ...target, item: { pinned: true, name: '"); import os #\n' } };
  assert.match(loadCode(evil), /\.load\("\\"\); import os #\\n"\)/);
});

test('it is told who has set what cannot be changed', () => {
  const config = asConfig(payloads.config);
  assert.equal(whoSet(config, 'backend'), 'environment');
  assert.equal(whoSet(config, 'quota'), 'administrator');
  assert.equal(whoSet(config, 'kubo_url'), null);
});

test('events that are not known are left alone', () => {
  assert.deepEqual(parseServerEvent('{"type":"changed","name":"x"}'), {
    type: 'changed'
  });
  assert.equal(
    parseServerEvent('{"type":"job","id":"a","state":"done"}')?.type,
    'job'
  );
  for (const data of [
    '',
    '[]',
    'null',
    '{"type":"job"}',
    '{"type":"new"}',
    7
  ]) {
    assert.equal(parseServerEvent(data), null);
  }
});

/** A server that has so many items; counts what it was asked. */
function serving(total: number): {
  model: ItemsModel;
  asked: string[];
} {
  const asked: string[] = [];
  const fetch = (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    asked.push(url.pathname.split('/').pop() + url.search);
    if (url.pathname.endsWith('/shares')) {
      return Promise.resolve(Response.json({ shares: [] }));
    }
    const offset = Number(url.searchParams.get('offset'));
    const limit = Number(url.searchParams.get('limit'));
    const count = Math.max(0, Math.min(limit, total - offset));
    const items = Array.from({ length: count }, (_, index) => ({
      ...payloads.item,
      root: `root-${offset + index}`
    }));
    return Promise.resolve(Response.json({ items, total }));
  };
  const settings = {
    baseUrl: 'http://127.0.0.1/',
    init: {},
    token: '',
    fetch,
    Request,
    Headers
  };
  return {
    model: new ItemsModel(
      settings as unknown as ConstructorParameters<typeof ItemsModel>[0]
    ),
    asked
  };
}

test('nothing is asked before somebody looks', async () => {
  const { model, asked } = serving(3);
  model.invalidate();
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(asked, []);
  assert.equal(model.isEmpty, null);
});

test('of ten thousand items only what is looked at is asked for', async () => {
  const { model, asked } = serving(10_000);
  await model.refresh();
  assert.equal(model.rows.length, 10_000);
  assert.equal(model.isEmpty, false);
  model.activate(rowKey(model.rows[9_999]));
  await model.reach(9_980, 9_999);
  assert.equal(model.rows[9_999].item?.root, 'root-9999');
  assert.equal(model.activeItem?.root, 'root-9999');
  assert.equal(model.rows[5_000].item, null);
  assert.deepEqual(
    asked.filter(each => each.startsWith('items')),
    [
      `items?kind=all&query=&offset=0&limit=${PAGE}`,
      `items?kind=all&query=&offset=9800&limit=${PAGE}`
    ]
  );
});

test('a search that finds nothing does not mean that nothing is stored', async () => {
  const { model } = serving(0);
  await model.search({ query: 'nothing like it' });
  assert.equal(model.isEmpty, null);
  await model.search({ query: '' });
  assert.equal(model.isEmpty, true);
});
