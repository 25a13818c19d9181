import assert from 'node:assert/strict';
import { test } from 'node:test';

import { crumbs, parseAddress, titleOf } from '../../src/models/address';

// From https://specs.ipfs.tech/http-gateways/path-gateway/ and Kubo's documentation.
const CID = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi';
const V0 = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';

/** The path that a text leads to, or the problem. */
function read(text: string): string {
  const address = parseAddress(text);
  return address.kind === 'problem' ? address.problem : address.path;
}

/** The gateway whose link it is. */
function gateway(text: string): string | null {
  const address = parseAddress(text);
  return address.kind === 'content' ? address.gateway : null;
}

test('a CID is read in each form that people paste', () => {
  for (const text of [
    CID,
    ` ${CID}\n`,
    `<${CID}>`,
    `"${CID}"`,
    `/ipfs/${CID}`,
    `ipfs/${CID}/`,
    `ipfs://${CID}`,
    `IPFS://${CID}`,
    `ipfs://ipfs/${CID}`,
    `https://gateway.example/ipfs/${CID}`,
    `https://${CID}.ipfs.gateway.example/`
  ]) {
    assert.equal(read(text), `/ipfs/${CID}`, text);
  }
  assert.equal(read(V0), `/ipfs/${V0}`);
});

test('a sub-path stays, and only links are unescaped', () => {
  assert.equal(read(`${CID}/a b/c.csv`), `/ipfs/${CID}/a b/c.csv`);
  assert.equal(read(`ipfs://${CID}/50%25.csv`), `/ipfs/${CID}/50%25.csv`);
  assert.equal(
    read(`https://g.example/ipfs/${CID}/50%25%20a.csv?filename=x#y`),
    `/ipfs/${CID}/50% a.csv`
  );
  assert.equal(read(`https://g.example/ipfs/${CID}/50%`), `/ipfs/${CID}/50%`);
});

test('the host of a gateway link is told apart from the CID', () => {
  assert.equal(
    gateway(`https://g.example:8080/ipfs/${CID}`),
    'https://g.example:8080'
  );
  assert.equal(gateway(`https://${CID}.ipfs.g.example/a`), 'https://g.example');
  assert.equal(
    gateway(`https://me@evil.example/ipfs/${CID}`),
    'https://evil.example'
  );
  assert.equal(
    gateway(`http://127.0.0.1:38987/ipfs/${CID}`),
    'http://127.0.0.1:38987'
  );
  assert.equal(gateway(CID), null);
});

test('what may be a name is left to the server', () => {
  assert.deepEqual(parseAddress('fig-3@2/raw'), {
    kind: 'name',
    path: 'fig-3@2/raw'
  });
  assert.equal(titleOf('fig-3@2/raw'), 'raw');
  assert.equal(titleOf(CID), null);
});

test('what leads nowhere is told apart', () => {
  assert.equal(read('  '), 'empty');
  assert.equal(read(CID.slice(0, -1)), 'broken-cid');
  assert.equal(read(V0.slice(0, -1)), 'broken-cid');
  assert.equal(read('/ipfs/fig-3'), 'broken-cid');
  assert.equal(read('ipfs://fig-3'), 'broken-cid');
  assert.equal(read('ipns://example.org'), 'ipns');
  assert.equal(read('https://g.example/ipns/example.org'), 'ipns');
  assert.equal(read('https://example.org/a'), 'link-without-cid');
  assert.equal(read('https://'), 'link-without-cid');
  assert.equal(read('ftp://example.org/a'), 'other-scheme');
  assert.equal(read('javascript://%0aalert(1)'), 'other-scheme');
  assert.equal(read(`${CID}/../${V0}`), 'dots');
});

test('each part of a path leads to what is above it', () => {
  assert.deepEqual(crumbs(`/ipfs/${CID}/a/b`), [
    { name: CID, path: `/ipfs/${CID}` },
    { name: 'a', path: `/ipfs/${CID}/a` },
    { name: 'b', path: `/ipfs/${CID}/a/b` }
  ]);
});
