import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ServerConnection } from '@jupyterlab/services';

import type { ISignRequest } from '../../src/api/requests';
import { SignRequestsModel } from '../../src/models/signRequests';
import type { WalletModel } from '../../src/models/wallet';
import type { IEIP1193Provider } from '../../src/wallet/eip1193';

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const OTHER = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';
const SIGNATURE = `0x${'ab'.repeat(65)}`;
const HASH = `0x${'cd'.repeat(32)}`;

function newRequest(
  id: string,
  change: Partial<ISignRequest> = {}
): ISignRequest {
  return {
    id,
    kind: 'ocean-request',
    title: 'Download an asset',
    lines: [],
    warning: null,
    note: null,
    address: ADDRESS,
    chain_id: 8996,
    kernel: null,
    notebook: null,
    created_at: 0,
    expires_at: Date.now() / 1000 + 300,
    state: 'pending',
    ...change
  };
}

/** A server with requests, and a wallet; both note what they are asked. */
class World {
  requests: ISignRequest[] = [];
  readonly posted: [string, unknown][] = [];
  readonly asked: string[] = [];
  accounts = [ADDRESS];
  chainId = '0x2324';
  session: string | null = ADDRESS;
  wallet: (method: string) => Promise<unknown> = method =>
    Promise.resolve(method === 'personal_sign' ? SIGNATURE : HASH);

  readonly provider: IEIP1193Provider = {
    request: ({ method }) => {
      this.asked.push(method);
      switch (method) {
        case 'eth_requestAccounts':
          return Promise.resolve(this.accounts);
        case 'eth_chainId':
          return Promise.resolve(this.chainId);
        default:
          return this.wallet(method);
      }
    }
  };

  readonly found = {
    id: 'w',
    name: 'One',
    icon: null,
    kind: 'announced' as const,
    provider: this.provider
  };

  readonly model = new SignRequestsModel(
    {
      baseUrl: 'http://127.0.0.1/',
      init: {},
      token: '',
      Request,
      Headers,
      fetch: (request: Request) => this.answer(request)
    } as unknown as ServerConnection.ISettings,
    {
      walletFor: () => Promise.resolve(this.found),
      get session() {
        return null;
      }
    } as unknown as WalletModel
  );

  constructor() {
    const world = this;
    Object.defineProperty(this.model['wallet'], 'session', {
      get: () =>
        world.session === null
          ? null
          : { address: world.session, kind: 'browser' }
    });
  }

  async show(...requests: ISignRequest[]): Promise<void> {
    this.requests = requests;
    await this.model.refresh();
  }

  private async answer(request: Request): Promise<Response> {
    const parts = new URL(request.url).pathname.split('/');
    const verb = parts.pop() ?? '';
    if (request.method === 'GET') {
      return Response.json({ requests: this.requests });
    }
    this.posted.push([verb, await request.json()]);
    if (verb === 'shown') {
      const { kind } = this.requests[0];
      const method =
        kind === 'contract-call' ? 'eth_sendTransaction' : 'personal_sign';
      return Response.json({ method, params: ['0x00'], chain_id: 8996 });
    }
    return new Response(null, { status: 204 });
  }
}

test('a wallet is asked only when somebody says so, for one request at a time', async () => {
  const world = new World();
  await world.show(newRequest('a'), newRequest('b'));
  assert.equal(world.model.current?.id, 'a');
  assert.equal(world.model.more, 1);
  assert.deepEqual(world.asked, []);
  await world.model.sign();
  assert.deepEqual(world.asked, ['eth_requestAccounts', 'personal_sign']);
  assert.deepEqual(world.posted, [
    ['shown', { address: ADDRESS }],
    ['answer', { result: SIGNATURE, wallet_name: 'One' }]
  ]);
  assert.equal(world.model.current?.id, 'b');
  assert.equal(world.model.state.kind, 'asked');
  // What was answered does not come up again, though a late list has it.
  await world.model.refresh();
  assert.equal(world.model.current?.id, 'b');
  world.model.dispose();
});

test('another account, chain or session is said, and nothing is signed', async () => {
  const world = new World();
  await world.show(newRequest('a', { kind: 'contract-call' }));
  world.accounts = [OTHER];
  await world.model.sign();
  assert.deepEqual(world.model.state, { kind: 'wrong-account', has: OTHER });
  world.accounts = [ADDRESS.toLowerCase()];
  world.chainId = '0x1';
  await world.model.sign();
  assert.deepEqual(world.model.state, {
    kind: 'wrong-chain',
    has: 1,
    isUnknown: false
  });
  world.wallet = () =>
    Promise.reject(Object.assign(new Error('no'), { code: 4902 }));
  await world.model.switchWallet();
  assert.deepEqual(world.model.state, {
    kind: 'wrong-chain',
    has: 1,
    isUnknown: true
  });
  world.chainId = '0x2324';
  world.session = null;
  await world.model.sign();
  assert.deepEqual(world.model.state, { kind: 'signed-out' });
  assert.deepEqual(world.posted, []);
  assert(!world.asked.includes('eth_sendTransaction'));
  world.model.dispose();
});

test('what is rejected in the wallet is rejected; what waits there stays', async () => {
  const world = new World();
  await world.show(newRequest('a'));
  const refuse = (code: number) => () =>
    Promise.reject(Object.assign(new Error('no'), { code }));
  world.wallet = refuse(-32002);
  await world.model.sign();
  assert.equal(world.model.state.kind, 'trouble');
  assert.equal(world.model.current?.id, 'a');
  world.wallet = refuse(4001);
  const said: string[] = [];
  world.model.rejected.connect((_, { id }) => said.push(id));
  await world.model.sign();
  assert.equal(world.model.current, null);
  assert.deepEqual(said, ['a']);
  assert.deepEqual(world.posted.at(-1), [
    'answer',
    { rejected: true, reason: 'rejected in the wallet' }
  ]);
  world.model.dispose();
});

test('a request that is over while the wallet is open is no longer waited for', async () => {
  const world = new World();
  await world.show(newRequest('a', { kind: 'contract-call' }));
  let send: (hash: string) => void = () => undefined;
  const isAsked = new Promise<void>(resolve => {
    world.wallet = () => {
      resolve();
      return new Promise(sent => {
        send = sent;
      });
    };
  });
  const end = world.model.sign();
  await isAsked;
  await world.show();
  await end;
  assert.equal(world.model.current, null);
  // The wallet has sent it all the same: who asked may still want to know.
  send(HASH);
  await new Promise(resolve => setImmediate(resolve));
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(world.posted.at(-1), [
    'answer',
    { result: HASH, wallet_name: null }
  ]);
  world.model.dispose();
});

test('to a sign-in the account answers that the wallet is at', async () => {
  const world = new World();
  world.accounts = [OTHER];
  await world.show(newRequest('a', { kind: 'sign-in', address: null }));
  await world.model.sign();
  assert.equal(world.model.state.kind, 'no-wallet');
  await world.model.sign(world.found);
  assert.deepEqual(world.posted[0], [
    'shown',
    { address: OTHER, chain_id: 8996 }
  ]);
  assert.equal(world.model.current, null);
  world.model.dispose();
});
