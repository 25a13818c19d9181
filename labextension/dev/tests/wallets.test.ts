import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { IChain, IWalletSession } from '../../src/api/wallet';
import { asWallet } from '../../src/api/wallet';
import { shortAddress, shortAmount } from '../../src/components/walletWords';
import { driftOf } from '../../src/models/walletDrift';
import { walletName } from '../../src/models/walletName';
import type { IEIP1193Provider } from '../../src/wallet/eip1193';
import {
  call,
  chainOf,
  follow,
  knownAccounts,
  requestAccounts,
  signText
} from '../../src/wallet/eip1193';
import { ANNOUNCE, WalletDirectory } from '../../src/wallet/eip6963';
import { announce } from '../../src/wallet/practice';

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const OTHER = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';
const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

/** A wallet that gives one answer to everything. */
function answering(answer: unknown): IEIP1193Provider {
  return { request: () => Promise.resolve(answer) };
}

function refusing(error: unknown): IEIP1193Provider {
  return { request: () => Promise.reject(error as Error) };
}

function tell(page: EventTarget, info: unknown, provider: unknown): void {
  page.dispatchEvent(new CustomEvent(ANNOUNCE, { detail: { info, provider } }));
}

test('wallets are found by EIP-6963, each once, and what is no wallet is not', () => {
  const page = new EventTarget();
  const own = answering(null);
  const directory = new WalletDirectory(page, own);
  const provider = answering(null);
  const info = { uuid: 'a', name: 'One', rdns: 'example.one', icon: PICTURE };
  tell(page, info, provider);
  tell(page, { ...info, name: 'Pretender' }, answering(null));
  tell(page, { ...info, uuid: 'b', name: '  ' }, provider);
  tell(page, { ...info, uuid: 'c' }, { request: 'nothing to call' });
  tell(page, { ...info, uuid: 'd' }, own);
  tell(page, null, provider);
  page.dispatchEvent(new Event(ANNOUNCE));
  assert.deepEqual(
    directory.wallets.map(({ id, name, icon }) => [id, name, icon]),
    [['a', 'One', PICTURE]]
  );
  directory.dispose();
});

test('a picture is shown only where nothing has to be fetched for it', () => {
  for (const icon of [
    'https://example.org/icon.png',
    'data:text/html,<script>alert(1)</script>',
    'data:image/png-not,',
    'javascript:alert(1)',
    `data:image/png,${'a'.repeat(300_000)}`,
    7,
    undefined
  ]) {
    const page = new EventTarget();
    const directory = new WalletDirectory(page, answering(null));
    tell(page, { uuid: 'a', name: 'One', icon }, answering(null));
    assert.equal(directory.wallets[0].icon, null);
  }
});

test('without EIP-6963 it is the browser’s one wallet', () => {
  const page: EventTarget & { ethereum?: unknown } = new EventTarget();
  const directory = new WalletDirectory(page, answering(null));
  assert.equal(directory.wallets.length, 0);
  page.ethereum = answering(null);
  assert.equal(directory.wallets[0].kind, 'injected');
  assert.equal(walletName(directory.wallets[0]), 'Browser wallet');
  tell(page, { uuid: 'a', name: 'One\u202e' }, page.ethereum);
  assert.deepEqual(directory.wallets.map(walletName), ['One\ufffd']);
});

test('a wallet of ours is found by others until it is taken back', () => {
  const page = new EventTarget();
  const announced = announce(page, 'Practice wallet', answering(null));
  const before = new WalletDirectory(page, answering(null));
  assert.equal(before.wallets.length, 1);
  announced.dispose();
  const after = new WalletDirectory(page, answering(null));
  assert.deepEqual(after.wallets, []);
});

test('what wallets throw is understood', async () => {
  const kinds: [unknown, string][] = [
    [{ code: 4001, message: 'User rejected the request.' }, 'rejected'],
    [{ code: 'ACTION_REJECTED', message: '' }, 'rejected'],
    [new Error('User closed modal'), 'rejected'],
    [{ code: -32603, message: 'Popup window was closed' }, 'rejected'],
    [{ code: -32002, message: 'Already processing' }, 'pending'],
    [{ code: 4100, message: '' }, 'unauthorized'],
    [{ code: -32601, message: '' }, 'unsupported'],
    [{ code: 4900, message: '' }, 'disconnected'],
    [{ code: 4902, message: '' }, 'unknown-chain'],
    [
      { code: -32603, data: { originalError: { code: 4902 } } },
      'unknown-chain'
    ],
    [{ code: -32000, message: 'insufficient funds' }, 'failed'],
    ['just a text', 'failed'],
    [null, 'failed'],
    [{ code: { toString: null } }, 'failed']
  ];
  for (const [thrown, kind] of kinds) {
    await assert.rejects(call(refusing(thrown), 'eth_accounts'), { kind });
  }
});

test('a wallet that is no longer waited for has said nothing', async () => {
  const abort = new AbortController();
  const hanging = { request: () => new Promise<never>(() => undefined) };
  const end = call(hanging, 'personal_sign', [], abort.signal);
  abort.abort();
  await assert.rejects(end, { kind: 'abandoned' });
  let asked = 0;
  const counting = { request: () => Promise.resolve(asked++) };
  await assert.rejects(call(counting, 'personal_sign', [], abort.signal));
  assert.equal(asked, 0);
});

test('answers of wallets are read strictly', async () => {
  assert.deepEqual(await knownAccounts(answering([ADDRESS, 'x', 7])), [
    ADDRESS
  ]);
  assert.deepEqual(await knownAccounts(answering('0x')), []);
  assert.deepEqual(await knownAccounts(refusing({ code: 4100 })), []);
  await assert.rejects(requestAccounts(answering([])), {
    kind: 'unauthorized'
  });
  assert.equal(await chainOf(answering('0x2324')), 8996);
  assert.equal(await chainOf(answering(8996)), 8996);
  for (const answer of ['', '0x', 'one', -1, null, 2 ** 60]) {
    assert.equal(await chainOf(answering(answer)), null);
  }
  await assert.rejects(signText(answering('<script>'), 'text', ADDRESS));
});

test('a text is given to a wallet as its UTF-8 bytes', async () => {
  const asked: unknown[] = [];
  const provider = {
    request: (asks: unknown) => {
      asked.push(asks);
      return Promise.resolve('0x00');
    }
  };
  await signText(provider, 'é\n', ADDRESS);
  assert.deepEqual(asked, [
    { method: 'personal_sign', params: ['0xc3a90a', ADDRESS] }
  ]);
});

test('a wallet is listened to until it is let go', () => {
  const listeners = new Map<string, (value: unknown) => void>();
  const heard: unknown[] = [];
  const followed = follow(
    {
      request: () => Promise.resolve(),
      on: (event, listener) => listeners.set(event, listener),
      removeListener: event => listeners.delete(event)
    },
    {
      onAccounts: accounts => heard.push(accounts),
      onChain: chain => heard.push(chain),
      onDisconnect: () => heard.push('disconnect'),
      onConnect: () => heard.push('connect')
    }
  );
  listeners.get('accountsChanged')?.([OTHER, 'nonsense']);
  listeners.get('chainChanged')?.('0x1');
  listeners.get('disconnect')?.(new Error('gone'));
  assert.deepEqual(heard, [[OTHER], 1, 'disconnect']);
  followed.dispose();
  assert.equal(listeners.size, 0);
});

const session: IWalletSession = {
  address: ADDRESS,
  chain_id: 8996,
  wallet_name: 'One',
  kind: 'browser',
  signed_in_at: 0,
  expires_at: 86_400
};
const chain: IChain = {
  name: 'sandbox',
  chain_id: 8996,
  title: 'Practice',
  currency: 'ETH',
  practice: true,
  explorer: null,
  rpc_url: null,
  ocean_node: null
};

test('it is told what has changed in the wallet since somebody signed in', () => {
  const now = { account: ADDRESS, chainId: 8996, isDisconnected: false };
  assert.equal(driftOf(null, chain, now), null);
  assert.equal(driftOf(session, chain, null), null);
  assert.equal(driftOf(session, chain, now), null);
  assert.equal(
    driftOf(session, chain, { ...now, account: ADDRESS.toLowerCase() }),
    null
  );
  assert.equal(driftOf(session, chain, { ...now, chainId: null }), null);
  assert.deepEqual(driftOf(session, chain, { ...now, account: OTHER }), {
    kind: 'account',
    address: OTHER
  });
  assert.deepEqual(driftOf(session, chain, { ...now, chainId: 1 }), {
    kind: 'chain',
    chainId: 1
  });
  assert.deepEqual(driftOf(session, chain, { ...now, account: null }), {
    kind: 'locked'
  });
  assert.deepEqual(driftOf(session, chain, { ...now, isDisconnected: true }), {
    kind: 'disconnected'
  });
  assert.deepEqual(driftOf(session, { ...chain, chain_id: 1 }, now), {
    kind: 'other-chain'
  });
});

test('what is no answer about wallets is refused', () => {
  const answer = {
    session: null,
    chain,
    balance: null,
    requests: 0,
    sandbox: { running: false, accounts: [] }
  };
  assert.equal(asWallet(answer).chain.title, 'Practice');
  assert.equal(asWallet({ ...answer, session }).session?.address, ADDRESS);
  for (const broken of [
    null,
    [],
    { ...answer, chain: null },
    { ...answer, session: {} },
    { ...answer, sandbox: {} }
  ]) {
    assert.throws(() => asWallet(broken), TypeError);
  }
});

test('amounts are cut, never rounded up', () => {
  assert.equal(shortAmount('1.999999'), '1.9999');
  assert.equal(shortAmount('100.0'), '100');
  assert.equal(shortAmount('1000'), '1000');
  assert.equal(shortAmount('0.000000000000000001'), '< 0.0001');
  assert.equal(shortAmount('0.0'), '0');
  assert.equal(shortAmount('1e30\u202e'), '1e30\ufffd');
  assert.equal(shortAddress(ADDRESS), '0x5aAe…eAed');
});
