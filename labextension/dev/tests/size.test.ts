import assert from 'node:assert/strict';
import { test } from 'node:test';

import { humanSize } from '../../src/models/size';

const CASES: [number, string, string][] = [
  [0, '0', 'B'],
  [1, '1', 'B'],
  [999, '999', 'B'],
  [1000, '1', 'kB'],
  [1536, '1.54', 'kB'],
  [48_211, '48.2', 'kB'],
  [999_499, '999', 'kB'],
  [999_500, '1', 'MB'],
  [512 * 1000 ** 2, '512', 'MB'],
  [1000 ** 3, '1', 'GB'],
  [1000 ** 5 * 5, '5', 'PB']
];

for (const [bytes, figure, unit] of CASES) {
  test(`${bytes} bytes read as ${figure} ${unit}`, () => {
    assert.deepEqual(humanSize(bytes), { figure, unit });
  });
}
