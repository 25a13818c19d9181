import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ServerConnection } from '@jupyterlab/services';

import type { IPicked } from '../../src/models/drop';
import type { IClock } from '../../src/models/sending';
import { UploadsModel } from '../../src/models/uploads';
import type { IUpload } from '../../src/models/uploads';

const MIB = 2 ** 20;

/** What is done to a request before the server sees it: its answer, or that it is let through. */
type Fault = (slice: Slice) => Response | 'cut' | 'pass';

interface Slice {
  readonly offset: number;
  readonly body: Uint8Array;
}

/** Uploads as the server keeps them: one stream each, which goes on only where it ends. */
class FakeServer {
  readonly slices: Slice[] = [];
  readonly committed: { readonly name: unknown; readonly data: Uint8Array }[] =
    [];
  listing: { path: string; size: number }[] = [];
  deleted = 0;
  fault: Fault = () => 'pass';
  /** Answers to commits that are lost on the way back. */
  lostCommits = 0;

  readonly settings = {
    baseUrl: 'http://127.0.0.1/',
    init: {},
    token: '',
    Request,
    Headers,
    fetch: (request: Request) => this.answer(request)
  } as unknown as ServerConnection.ISettings;

  private async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === 'POST' && pathname.endsWith('/uploads')) {
      const said = (await request.json()) as {
        files: { path: string; size: number }[];
      };
      this.listing = said.files;
      return json({ id: 'u1', received: this.data.length });
    }
    if (request.method === 'POST' && pathname.endsWith('/uploads/u1/commit')) {
      const { name } = (await request.json()) as { name: unknown };
      if (this.lostCommits > 0) {
        this.lostCommits -= 1;
        throw new TypeError('Failed to fetch');
      }
      this.committed.push({ name, data: this.data });
      return json({ id: 'j1', state: 'queued', action: 'upload' });
    }
    if (request.method === 'DELETE') {
      this.deleted += 1;
      return new Response(null, { status: 204 });
    }
    if (request.method === 'GET') {
      return json({ id: 'u1', received: this.data.length });
    }
    const slice = {
      offset: Number(searchParams.get('offset')),
      body: new Uint8Array(await request.arrayBuffer())
    };
    request.signal.throwIfAborted();
    this.slices.push(slice);
    const fault = this.fault(slice);
    if (fault instanceof Response) {
      return fault;
    }
    if (slice.offset !== this.data.length) {
      return json({ code: 'WrongOffsetError', message: 'not there' }, 409);
    }
    const taken = fault === 'cut' ? slice.body.length >> 1 : slice.body.length;
    this.take(slice.body.slice(0, taken));
    if (fault === 'cut') {
      throw new TypeError('Failed to fetch');
    }
    return json({ received: this.data.length });
  }

  take(bytes: Uint8Array): void {
    this.data = new Uint8Array([...this.data, ...bytes]);
  }

  data: Uint8Array = new Uint8Array();
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

/** A clock on which waiting takes no time, and each slice takes a second. */
class FakeClock implements IClock {
  readonly waits: number[] = [];
  private time = 0;

  now(): number {
    return (this.time += 1000);
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    signal.throwIfAborted();
    return Promise.resolve();
  }
}

function picked(...files: readonly [path: string, content: Uint8Array][]) {
  return {
    name: files.length === 1 ? files[0][0] : null,
    files: files.map(([path, content]) => ({
      path,
      file: new File([content], path, { lastModified: 1 })
    })),
    hidden: 0,
    emptyFolders: 0,
    clashes: 0
  } satisfies IPicked;
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31) % 251);
}

/** Upload, and tell how it ended. */
async function upload(
  server: FakeServer,
  what: IPicked,
  clock = new FakeClock(),
  onChange: (model: UploadsModel) => void = () => undefined
): Promise<IUpload> {
  const jobs = { follow: () => Promise.resolve({}) };
  const model = new UploadsModel(server.settings, jobs, clock);
  model.changed.connect(() => onChange(model));
  await model.start(() => Promise.resolve(what));
  return model.uploads[0];
}

test('many files arrive as one stream in the order of the list', async () => {
  const server = new FakeServer();
  const [a, b, c] = [bytes(700_000), bytes(0), bytes(900_000)];
  const end = await upload(server, picked(['s/a', a], ['s/b', b], ['s/c', c]));
  assert.equal(end.state, 'storing');
  assert.equal(end.job, 'j1');
  assert.deepEqual(
    server.listing.map(({ path, size }) => [path, size]),
    [
      ['s/a', 700_000],
      ['s/b', 0],
      ['s/c', 900_000]
    ]
  );
  assert.deepEqual(server.committed[0].data, new Uint8Array([...a, ...c]));
  assert(server.slices.length > 1);
});

test('files without a byte are stored without a slice', async () => {
  const server = new FakeServer();
  const end = await upload(server, picked(['empty', bytes(0)]));
  assert.equal(end.state, 'storing');
  assert.equal(server.slices.length, 0);
  assert.equal(server.committed[0].name, 'empty');
});

test('what the server has of the same files is not sent again', async () => {
  const server = new FakeServer();
  const content = bytes(2 * MIB);
  server.take(content.slice(0, MIB + 17));
  await upload(server, picked(['a', content]));
  assert.equal(server.slices[0].offset, MIB + 17);
  assert.deepEqual(server.committed[0].data, content);
});

test('a slice that is cut in the middle goes on where the server has got to', async () => {
  const server = new FakeServer();
  const content = bytes(2 * MIB);
  const clock = new FakeClock();
  const states = new Set<string>();
  server.fault = () => (server.slices.length === 1 ? 'cut' : 'pass');
  const end = await upload(server, picked(['a', content]), clock, model =>
    states.add(model.uploads[0].state)
  );
  assert.equal(end.state, 'storing');
  assert.equal(server.slices[1].offset, MIB / 2);
  assert.deepEqual(server.committed[0].data, content);
  assert.equal(clock.waits.length, 1);
  assert(states.has('waiting'));
});

test('a server that knows better where it goes on is believed', async () => {
  const server = new FakeServer();
  const content = bytes(2 * MIB);
  server.fault = ({ offset }) => {
    if (offset === 0 && server.slices.length === 1) {
      // The bytes arrived although their answer was lost: another tab sent them.
      server.take(content.slice(0, 12_345));
    }
    return 'pass';
  };
  await upload(server, picked(['a', content]));
  assert.equal(server.slices[1].offset, 12_345);
  assert.deepEqual(server.committed[0].data, content);
});

test('a server that stays away is given up with longer and longer waits', async () => {
  const server = new FakeServer();
  const clock = new FakeClock();
  server.fault = () => new Response('', { status: 502 });
  const end = await upload(server, picked(['a', bytes(10)]), clock);
  assert.equal(end.state, 'failed');
  assert.deepEqual(
    clock.waits,
    [...clock.waits].sort((a, b) => a - b)
  );
  assert(clock.waits.length >= 5);
});

test('a quota is told at once, in the server’s words, and can be tried again', async () => {
  const server = new FakeServer();
  const clock = new FakeClock();
  const refusal = {
    code: 'QuotaExceededError',
    message: 'the quota of 1 GB is used up',
    hint: 'free some space'
  };
  server.fault = () => json(refusal, 507);
  const jobs = { follow: () => Promise.resolve({}) };
  const model = new UploadsModel(server.settings, jobs, clock);
  await model.start(() => Promise.resolve(picked(['a', bytes(10)])));
  assert.deepEqual(model.uploads[0].error, { kind: 'refused', ...refusal });
  assert.deepEqual(clock.waits, []);
  server.fault = () => 'pass';
  await model.retry(model.uploads[0].id);
  assert.equal(model.uploads[0].state, 'storing');
  assert.equal(model.uploads[0].error, null);
});

test('a commit whose answer is lost is asked for again, and no byte is sent twice', async () => {
  const server = new FakeServer();
  server.lostCommits = 2;
  const end = await upload(server, picked(['a', bytes(10)]));
  assert.equal(end.state, 'storing');
  assert.equal(server.slices.length, 1);
});

test('one that is cancelled stops, and the server drops what it has', async () => {
  const server = new FakeServer();
  const end = await upload(
    server,
    picked(['a', bytes(3 * MIB)]),
    new FakeClock(),
    model => {
      if (model.uploads[0].size > 0) {
        model.cancel(model.uploads[0].id);
      }
    }
  );
  assert.equal(end.state, 'cancelled');
  assert.equal(end.error, null);
  assert.equal(server.deleted, 1);
  assert.equal(server.committed.length, 0);
});

test('a file that cannot be read any more is no broken connection', async () => {
  const server = new FakeServer();
  const clock = new FakeClock();
  const what = picked(['a', bytes(10)]);
  const gone = {
    size: 10,
    name: 'a',
    lastModified: 1,
    slice: () => {
      const blob = new Blob([bytes(10)]);
      blob.slice = () => {
        const rest = new Blob();
        rest.arrayBuffer = () =>
          Promise.reject(new DOMException('', 'NotReadableError'));
        return rest;
      };
      return blob;
    }
  } as unknown as File;
  server.fault = () => {
    throw new TypeError('Failed to fetch');
  };
  const blobs = globalThis.Blob;
  // What a slice is made of cannot be read, so the slice cannot either.
  globalThis.Blob = class extends blobs {
    constructor(parts: BlobPart[]) {
      super(parts);
      return (parts[0] as Blob | undefined) ?? this;
    }
  } as typeof Blob;
  try {
    const end = await upload(
      server,
      { ...what, files: [{ path: 'a', file: gone }] },
      clock
    );
    assert.deepEqual(end.error, { kind: 'file-changed' });
    assert.deepEqual(clock.waits, []);
  } finally {
    globalThis.Blob = blobs;
  }
});

test('what has no file in it is not sent', async () => {
  const server = new FakeServer();
  const end = await upload(server, picked());
  assert.deepEqual(end.error, { kind: 'nothing-to-store' });
  assert.deepEqual(server.listing, []);
});
