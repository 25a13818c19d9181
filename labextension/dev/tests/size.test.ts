import assert from 'node:assert/strict';
import { test } from 'node:test';

import { humanSize } from '../../src/models/size';

const CASES: [number, string, string][] = [
  [0, '0', 'B'],
  [1, '1', 'B'],
  [1023, '1023', 'B'],
  [1024, '1.0', 'KiB'],
  [1536, '1.5', 'KiB'],
  [1024 ** 2 - 1, '1.0', 'MiB'],
  [1024 ** 2, '1.0', 'MiB'],
  [512 * 1024 ** 2, '512.0', 'MiB'],
  [1024 ** 3, '1.0', 'GiB'],
  [1024 ** 5 * 5000, '5000.0', 'PiB']
];

for (const [bytes, figure, unit] of CASES) {
  test(`${bytes} bytes read as ${figure} ${unit}`, () => {
    assert.deepEqual(humanSize(bytes), { figure, unit });
  });
}
