import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { asAsset, asSteps } from '../../src/api/ocean';
import type { IDraft } from '../../src/api/ocean';
import {
  DraftModel,
  STEPS,
  asSavedDraft,
  guessKind,
  newDraft,
  parseTags,
  priceProblem,
  problemsOf,
  titleFromName
} from '../../src/models/draft';
import { DraftStore } from '../../src/models/draftStore';

/** Held against openapi.yaml by the Python tests. */
const payloads = JSON.parse(
  readFileSync(
    new URL('../../../tests/browser/rest.json', import.meta.url),
    'utf-8'
  )
) as Record<string, Record<string, unknown> | undefined>;

const DRAFT: IDraft = {
  ...newDraft('k', '/ipfs/bafy', 'Bird counts', 'dataset'),
  description: 'Counts of birds.',
  author: 'Ada'
};

function modelOf(draft: IDraft): DraftModel {
  const store = new DraftStore(null);
  return new DraftModel(draft, undefined as never, store);
}

test('a filled form has no problems, an empty one has its needs', () => {
  assert.deepEqual(problemsOf(DRAFT), {});
  const empty = newDraft('k', '', '', 'dataset');
  assert.deepEqual(Object.keys(problemsOf(empty)).sort(), [
    'author',
    'description',
    'path',
    'title'
  ]);
});

test('the limits of a DDO hold while one types', () => {
  const kinds = (change: Partial<IDraft>): string[] =>
    Object.values(problemsOf({ ...DRAFT, ...change })).map(({ kind }) => kind);
  assert.deepEqual(kinds({ title: 'abc' }), ['short']);
  assert.deepEqual(kinds({ title: '🐦🐦🐦🐦' }), []);
  assert.deepEqual(kinds({ description: 'x'.repeat(7001) }), ['long']);
  assert.deepEqual(kinds({ tags: Array.from({ length: 65 }, String) }), [
    'many'
  ]);
  assert.deepEqual(kinds({ sample: 'javascript:alert(1)' }), ['not-a-link']);
  assert.deepEqual(kinds({ allow: ['0x1'] }), ['not-an-address']);
});

test('a price is a plain decimal number, neither nothing nor a slip', () => {
  for (const good of ['5', '0.25', '1.000000000000000001', '5.00']) {
    assert.equal(priceProblem(good), null, good);
  }
  const wrong: readonly (readonly [string, string])[] = [
    ['', 'empty'],
    ['0', 'free-price'],
    ['0.000', 'free-price'],
    ['-1', 'not-a-price'],
    ['1e30', 'not-a-price'],
    ['1,5', 'not-a-price'],
    ['NaN', 'not-a-price'],
    ['0.0000000000000000001', 'decimals'],
    ['9'.repeat(30), 'huge-price']
  ];
  for (const [text, kind] of wrong) {
    assert.equal(priceProblem(text)?.kind, kind, text);
  }
});

test('what is likely is filled in', () => {
  assert.equal(guessKind('notebook', 'x'), 'notebook');
  assert.equal(guessKind('file', 'score-model.skops'), 'model');
  assert.equal(guessKind('file', 'train.py'), 'algorithm');
  assert.equal(guessKind('directory', 'survey'), 'dataset');
  assert.equal(titleFromName('bird_counts-2026.csv'), 'bird counts 2026');
  assert.deepEqual(parseTags('#Birds, river,, birds'), ['birds', 'river']);
});

test('a later part opens only when the earlier ones are in order', () => {
  const model = modelOf({ ...DRAFT, description: '' });
  assert.equal(model.canReach('about'), true);
  assert.equal(model.canReach('access'), false);
  model.goTo('access');
  assert.equal(model.step, 'what');
  model.change({ description: 'Counts of birds.' });
  model.goTo('access');
  assert.equal(model.step, 'access');
  assert.equal(STEPS.indexOf('preview'), STEPS.length - 1);
  model.dispose();
});

test('drafts stay until they are published, the newest first', async () => {
  const kept = new Map<string, unknown>();
  const store = new DraftStore({
    save: (id: string, value: unknown) => Promise.resolve(kept.set(id, value)),
    remove: (id: string) => Promise.resolve(kept.delete(id)),
    fetch: (id: string) => Promise.resolve(kept.get(id)),
    list: (space: string) =>
      Promise.resolve({
        ids: [],
        values: [...kept]
          .filter(([id]) => id.startsWith(`${space}:`))
          .map(([, value]) => value)
      })
  } as never);
  await store.save({ draft: DRAFT, job: null });
  await store.save({ draft: { ...DRAFT, key: 'l' }, job: 'a-job' });
  const again = new DraftStore({
    list: () => Promise.resolve({ ids: [], values: [...kept.values()] }),
    fetch: () => Promise.resolve('Ada')
  } as never);
  await again.load();
  assert.deepEqual(
    again.drafts.map(({ draft, job }) => [draft.key, job]),
    [
      ['l', 'a-job'],
      ['k', null]
    ]
  );
  assert.equal(again.author, 'Ada');
  await store.remove('l');
  assert.deepEqual(
    store.drafts.map(({ draft }) => draft.key),
    ['k']
  );
});

test('what is no draft is not taken for one', () => {
  assert.equal(asSavedDraft(undefined), null);
  assert.equal(asSavedDraft({ draft: { key: 1 } }), null);
  const saved = asSavedDraft({
    draft: { key: 'k', path: '/ipfs/bafy', kind: 'virus' }
  });
  assert.equal(saved?.draft.license, 'CC-BY-4.0');
  assert.equal(saved.draft.kind, 'dataset');
});

test('an asset is read as the server writes it, and what is none is refused', () => {
  assert.throws(() => asAsset(null), TypeError);
  assert.throws(() => asAsset({ did: 'did:op:1' }), TypeError);
  const asset = asAsset({ did: 'did:op:1', title: 'x', state: 3 });
  assert.deepEqual(
    [asset.state, asset.tags, asset.price, asset.root],
    ['revoked', [], null, null]
  );
  assert.deepEqual(asSteps([null, {}, { key: 'a' }]), []);
  const { asset: card } = payloads;
  if (card !== undefined) {
    assert.equal(asAsset(card).did, card['did']);
  }
});
