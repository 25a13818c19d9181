import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IJob } from '../../src/api/jobs';
import { followClosely } from '../../src/models/closely';
import { JobCancelled, JobFailed, JobsModel } from '../../src/models/jobs';
import { Rate } from '../../src/models/rate';
import type { IServerEvents, JobProgress } from '../../src/tokens';

/** A server with jobs whose states the test sets. */
class FakeServer {
  jobs: IJob[] = [];
  asked = 0;
  readonly given: unknown[] = [];
  onAsked: () => void = () => undefined;

  readonly settings = {
    baseUrl: 'http://127.0.0.1/',
    init: {},
    token: '',
    Request,
    Headers,
    fetch: (request: Request) => this.answer(request)
  } as unknown as ServerConnection.ISettings;

  set(id: string, change: Partial<IJob>): void {
    this.jobs = this.jobs.map(job =>
      job.id === id ? { ...job, ...change } : job
    );
  }

  private async answer(request: Request): Promise<Response> {
    const id = new URL(request.url).pathname.split('/').pop() ?? '';
    if (request.method === 'POST') {
      const body = (await request.json()) as {
        action: string;
        arguments: unknown;
      };
      const { action } = body;
      this.given.push(body.arguments);
      const job = newJob(`j${this.jobs.length + 1}`, action);
      this.jobs = [job, ...this.jobs];
      return Response.json(job);
    }
    const job = this.jobs.find(other => other.id === id);
    if (request.method === 'DELETE') {
      if (job?.state === 'running') {
        this.set(id, { state: 'cancelled' });
      } else {
        this.jobs = this.jobs.filter(other => other.id !== id);
      }
      return new Response(null, { status: 204 });
    }
    if (id === 'jobs') {
      return Response.json({ jobs: this.jobs });
    }
    this.asked += 1;
    this.onAsked();
    return job === undefined
      ? Response.json({ code: 'GoneError', message: 'gone' }, { status: 404 })
      : Response.json(this.jobs.find(other => other.id === id));
  }
}

class FakeEvents implements IServerEvents {
  isOpen = true;
  held = 0;
  readonly jobChanged: Signal<IServerEvents, JobProgress> = new Signal(this);
  readonly repoChanged: Signal<IServerEvents, void> = new Signal(this);
  readonly configChanged: Signal<IServerEvents, void> = new Signal(this);
  readonly requestsChanged: Signal<IServerEvents, void> = new Signal(this);
  readonly walletChanged: Signal<IServerEvents, void> = new Signal(this);

  hold(): IDisposable {
    this.held += 1;
    return new DisposableDelegate(() => (this.held -= 1));
  }
}

function newJob(id: string, action: string): IJob {
  return {
    id,
    action,
    title: action,
    state: 'running',
    phase: 'preparing',
    files: 0,
    files_total: null,
    size: 0,
    size_total: null,
    existing: 0,
    started_at: 0,
    ended_at: null,
    result: null,
    error: null
  };
}

test('without events a job is asked for until it ends', async () => {
  const server = new FakeServer();
  const model = new JobsModel(server.settings);
  server.onAsked = () => {
    if (server.asked === 2) {
      server.set('j1', { state: 'done', result: { root: 'bafy' } });
    }
  };
  assert.deepEqual(await model.run('store', {}), { root: 'bafy' });
  assert.equal(server.asked, 2);
  assert(model.isOurs('j1'));
  model.dispose();
});

test('with events the connection is held as long as jobs run', async () => {
  const server = new FakeServer();
  const events = new FakeEvents();
  const model = new JobsModel(server.settings, events);
  const started = new Promise<void>(resolve =>
    model.changed.connect(() => resolve())
  );
  const end = model.run('store', {});
  await started;
  assert.equal(events.held, 1);
  events.jobChanged.emit({ ...newJob('j1', 'store'), size: 5, size_total: 10 });
  assert.equal(model.jobs[0].size, 5);
  server.set('j1', { state: 'done', result: {} });
  events.jobChanged.emit({ ...newJob('j1', 'store'), state: 'done' });
  assert.deepEqual(await end, {});
  assert.equal(events.held, 0);
  model.dispose();
});

test('a job whose end is told twice is asked for once: it may be gone by then', async () => {
  const server = new FakeServer();
  const events = new FakeEvents();
  const model = new JobsModel(server.settings, events);
  const started = new Promise<void>(resolve =>
    model.changed.connect(() => resolve())
  );
  const ended = assert.rejects(model.run('export', {}), JobFailed);
  await started;
  server.set('j1', { state: 'failed' });
  const told: JobProgress = { ...newJob('j1', 'export'), state: 'failed' };
  events.jobChanged.emit(told);
  events.jobChanged.emit(told);
  await ended;
  await model.dismiss('j1');
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(server.asked, 1);
  assert.deepEqual(model.jobs, []);
  model.dispose();
});

test('who follows closely is told of the end as it came, without asking again', async () => {
  const server = new FakeServer();
  const events = new FakeEvents();
  const model = new JobsModel(server.settings, events);
  const disposal = new AbortController();
  const job = newJob('j1', 'reproduce');
  const told: string[] = [];
  server.jobs = [job];
  const end = followClosely(
    job,
    model,
    ({ state, phase }) => told.push(`${state} ${phase}`),
    server.settings,
    disposal.signal
  );
  server.set('j1', { state: 'failed', phase: 'the last step' });
  events.jobChanged.emit({ ...job, state: 'failed' });
  assert.equal((await end).phase, 'the last step');
  assert.deepEqual(told, ['running preparing', 'failed the last step']);
  assert.equal(server.asked, 1);
  model.dispose();
});

test('while the events’ connection is broken a job is asked for as without events', async () => {
  const server = new FakeServer();
  const events = new FakeEvents();
  events.isOpen = false;
  const model = new JobsModel(server.settings, events);
  server.onAsked = () => {
    if (server.asked === 2) {
      server.set('j1', { state: 'done', result: { root: 'bafy' } });
    }
  };
  assert.deepEqual(await model.run('store', {}), { root: 'bafy' });
  assert.equal(server.asked, 2);
  model.dispose();
});

test('a job is run again with what it was started with, and with the agreement', async () => {
  const server = new FakeServer();
  const model = new JobsModel(server.settings);
  const error = { code: 'ConsentRequiredError', message: 'public', hint: null };
  server.onAsked = () => server.set('j1', { state: 'failed', error });
  const args = { path: '/ipfs/bafy', target: 'http://kubo:5001' };
  await assert.rejects(model.run('push', args), { code: error.code });
  assert.deepEqual(model.argumentsOf('j1'), args);
  server.onAsked = () => server.set('j1', { state: 'done', result: {} });
  await model.retry('j1', { agree: true });
  assert.deepEqual(server.given, [args, { ...args, agree: true }]);
  assert.equal(model.jobs.length, 1);
  model.dispose();
});

test('a job that fails rejects with the server’s code, words and hint', async () => {
  const server = new FakeServer();
  const model = new JobsModel(server.settings);
  const error = { code: 'DiskFullError', message: 'full', hint: 'free some' };
  server.onAsked = () => server.set('j1', { state: 'failed', error });
  await assert.rejects(model.run('store', {}), { name: 'APIError', ...error });
  assert(model.argumentsOf('j1'));
  model.dispose();
});

test('a job that is dismissed while it runs is cancelled, and afterwards forgotten', async () => {
  const server = new FakeServer();
  const model = new JobsModel(server.settings);
  const end = model.run('store', {});
  const ended = assert.rejects(end, JobCancelled);
  await new Promise<void>(resolve => model.changed.connect(() => resolve()));
  await model.dismiss('j1');
  await ended;
  assert.equal(model.jobs[0].state, 'cancelled');
  await model.dismiss('j1');
  assert.deepEqual(model.jobs, []);
  assert.deepEqual(server.jobs, []);
  model.dispose();
});

test('after a reload what runs is found again, and what has ended is not ours', async () => {
  const server = new FakeServer();
  server.jobs = [
    newJob('running', 'fetch'),
    { ...newJob('over', 'store'), state: 'done' }
  ];
  const model = new JobsModel(server.settings);
  await model.refresh();
  assert(model.isOurs('running'));
  assert(!model.isOurs('over'));
  assert.equal(model.argumentsOf('running'), null);
  model.dispose();
});

test('a job that the server has forgotten has failed', async () => {
  const server = new FakeServer();
  const model = new JobsModel(server.settings);
  server.onAsked = () => {
    server.jobs = [];
  };
  await assert.rejects(model.run('store', {}), { code: 'JobForgotten' });
  model.dispose();
});

test('a rate looks at the last seconds, and begins anew when the count falls', () => {
  const rate = new Rate();
  rate.add(0, 0);
  assert.equal(rate.perSecond, null);
  rate.add(1000, 1000);
  assert.equal(rate.perSecond, 1000);
  for (let second = 2; second <= 20; second++) {
    rate.add(1000, second * 1000);
  }
  assert.equal(rate.perSecond, 0);
  rate.add(10, 21_000);
  assert.equal(rate.perSecond, null);
});
