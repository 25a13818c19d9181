import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  ailmentOf,
  concernsUs,
  cureOf,
  differenceOf,
  readFacts
} from '../../src/models/cures';

test('IPython’s words for a magic that is not loaded are known', () => {
  for (const text of [
    'Line magic function `%ipfs` not found.',
    'Cell magic `%%ipfs` not found.',
    'Cell magic `%%ipfs` not found (But line magic `%ipfs` exists, did you mean that instead?).'
  ]) {
    assert.equal(ailmentOf('UsageError', text), 'magic');
  }
  const other = 'Line magic function `%ipfss` not found.';
  assert.equal(ailmentOf('UsageError', other), null);
});

test('a missing package is told from a missing module of the user’s', () => {
  const name = 'ModuleNotFoundError';
  assert.equal(ailmentOf(name, "No module named 'jupyter_ipfs'"), 'package');
  assert.equal(ailmentOf(name, "No module named 'pandas'"), null);
});

test('only cells that use us are looked at', () => {
  assert(concernsUs('x = 1\n  %ipfs ls'));
  assert(concernsUs('import jupyter_ipfs'));
  assert(concernsUs('pd.read_csv("ipfs://bafy/a.csv")'));
  assert(!concernsUs('print("about ipfs")'));
});

test('the version comes before the repo, and what the server does not say counts for nothing', () => {
  const kernel = { version: '0.1.0', repo: '/a' };
  assert.equal(
    differenceOf(kernel, { version: '0.2.0', repo: '/b' }),
    'version'
  );
  assert.equal(differenceOf(kernel, { version: '0.1.0', repo: '/b' }), 'repo');
  assert.equal(differenceOf(kernel, kernel), null);
  assert.equal(differenceOf(kernel, {}), null);
});

test('a cure is what one would type', () => {
  const server = { version: '0.2.0', repo: '/home/a b/ipfs' };
  assert.equal(cureOf('magic', {}), '%load_ext jupyter_ipfs');
  assert.equal(cureOf('package', server), '%pip install jupyter_ipfs==0.2.0');
  assert.equal(cureOf('repo', server), '%env JUPYTER_IPFS_REPO=/home/a b/ipfs');
});

test('nothing that could be more than a version or a path gets into code', () => {
  for (const version of ['1; rm -rf /', '1 --index-url x', '$HOME', '', '-1']) {
    assert.equal(cureOf('package', { version }), null);
  }
  for (const repo of ['/a\nb', '/a{x}', '$HOME/a', "/a'b", '']) {
    assert.equal(cureOf('repo', { repo }), null);
  }
  assert.equal(cureOf('version', {}), null);
});

test('a kernel’s answer is a Python string, and what it cannot say is left out', () => {
  const ok = (text: string) => ({ status: 'ok', data: { 'text/plain': text } });
  assert.deepEqual(
    readFacts({ version: ok("'0.1.0'"), repo: ok('"/it\'s"') }),
    {
      version: '0.1.0',
      repo: "/it's"
    }
  );
  const facts = readFacts({ version: { status: 'error' }, repo: ok("'/a'") });
  assert.equal(differenceOf(facts, { version: '0.2.0', repo: '/b' }), 'repo');
  assert.equal(differenceOf(readFacts({}), { version: '1', repo: '/b' }), null);
});
