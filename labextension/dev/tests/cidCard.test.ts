import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { MAX_ITEMS, parseCard } from '../../src/models/cidCard';
import type { ICard } from '../../src/models/cidCard';

/** Also shown in a real JupyterLab by the Python tests. */
const payloads = JSON.parse(
  readFileSync(
    new URL('../../../tests/browser/payloads.json', import.meta.url),
    'utf-8'
  )
) as Record<string, Record<string, unknown>>;

/** Read a payload that holds a card. */
function read(payload: unknown): ICard {
  const card = parseCard(payload);
  assert(card !== null);
  return card;
}

test('a card is read as it was written', () => {
  const card = read(payloads.card);
  assert.equal(card.cid, payloads.card.cid);
  assert.equal(card.name, 'fig-3');
  assert.equal(card.nameVersion, 2);
  assert.equal(card.size, 48_211);
  assert.equal(card.files, 4);
  assert.equal(card.where, 'only on this computer');
  assert.equal(card.items.length, 4);
  assert.equal(card.itemsLeftOut, 0);
});

test('what the kernel left out is counted too', () => {
  assert.equal(read(payloads.unchanged).itemsLeftOut, 1234);
});

test('notes are lines of text', () => {
  assert.deepEqual(read(payloads.file).notes, [
    "The cell's source is not in it."
  ]);
  assert.equal(read(payloads.hostile).notes.length, 1);
});

test('what is not of its type counts as absent', () => {
  const card = read(payloads.hostile);
  assert.equal(card.size, null);
  assert.equal(card.files, null);
  assert.deepEqual(
    card.items.map(item => item.cid),
    [null, null, null]
  );
});

test('nothing of a payload without a valid CID is kept', () => {
  assert.equal(parseCard(payloads['no-cid']), null);
  assert.equal(parseCard(payloads['not-a-card']), null);
  assert.equal(parseCard(null), null);
  assert.equal(parseCard('bafkqaaa'), null);
  assert.equal(parseCard({ ...payloads.card, version: 2 }), null);
  assert.equal(parseCard({ ...payloads.card, cid: [payloads.card.cid] }), null);
});

test('a name cannot turn the direction of writing or hide characters', () => {
  const card = read(payloads.hostile);
  assert.equal(card.items[0].name, 'photo\ufffdgpj.exe');
});

test('long texts and long lists are cut, and the rest is counted', () => {
  const card = read({
    ...payloads.card,
    name: 'n'.repeat(100_000),
    items: Array.from({ length: 10_000 }, () => ({ name: 'a', size: 1 }))
  });
  assert.equal(card.name?.length, 201);
  assert.equal(card.items.length, MAX_ITEMS);
  assert.equal(card.itemsLeftOut, 10_000 - MAX_ITEMS);
});
