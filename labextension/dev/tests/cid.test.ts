import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isCID, shortCID } from '../../src/models/cid';

/** From the CID specification, its decoder's examples and Kubo's documentation. */
const VALID = [
  'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n',
  'bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
  'bafkqaaa', // identity, nothing in it
  'zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA',
  'f01551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'k2jmtxvibvwh9qhq0t5huyy8trszrhemgktadqomsazjwvk8jvm02y4s'
];

for (const cid of VALID) {
  test(`${cid} is a CID`, () => assert.equal(isCID(cid), true));
}

const BROKEN: [string, string][] = [
  ['', 'nothing'],
  ['b', 'no body'],
  ['hello world', 'words'],
  ['bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzd', 'cut short'],
  ['bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdia', 'too long'],
  [
    'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdj',
    'spare bits set'
  ],
  ['BAFYBEIGDYRZT5SFP7UDM7HU76UH7Y26NF3EFUYLQABF3OCLGTQY55FBZDI', 'upper case'],
  [
    'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzd1',
    'foreign digit'
  ],
  ['QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1', 'v0 cut short'],
  [
    'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR10',
    'zero is no digit of base58'
  ],
  [`f0155114${'00'.repeat(20)}`, 'sha1 is not taken'],
  [`f0055${'00'.repeat(20)}`, 'no such version'],
  [`f01558100${'00'.repeat(4)}`, 'a varint not in its shortest form'],
  [`f01550081${'01'}${'00'.repeat(129)}`, 'identity over 128 bytes'],
  [`b${'a'.repeat(5000)}`, 'very long'],
  ['javascript:alert(1)', 'a script'],
  ['bafkqaaa\u202e', 'a control character at the end']
];

for (const [text, why] of BROKEN) {
  test(`not a CID: ${why}`, () => assert.equal(isCID(text), false));
}

test('a CID is shortened in its middle and keeps both ends', () => {
  assert.equal(shortCID(VALID[2]), 'bafybeigdyr…y55fbzdi');
  assert.equal(shortCID('bafkqaaa'), 'bafkqaaa');
});
