import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Signal } from '@lumino/signaling';

import { asBundle, asDifference, asIntegrity } from '../../src/api/bundles';
import {
  asProgress,
  asReadiness,
  asReport,
  VERDICTS
} from '../../src/api/reports';
import { asPlan, asShared } from '../../src/api/sharing';
import { looksShared } from '../../src/models/recognised';
import { SharingModel, authorsOf } from '../../src/models/sharing';
import { VerdictsModel } from '../../src/models/verdicts';

type RunningJobs = ConstructorParameters<typeof SharingModel>[3];
type Settings = ConstructorParameters<typeof SharingModel>[4];

const PLAN = {
  title: 'survey',
  name: 'survey',
  authors: ['Ada'],
  license: '',
  description: '',
  recorded: true,
  created_at: '2026-11-23T20:15:00Z',
  folder: '',
  notebook: { path: 'survey.ipynb', size: 100, cells: 2, run_cells: 2 },
  inputs: [
    input('data/a.csv', 1000, true, ''),
    input('.env', 30, false, 'hidden'),
    input('/etc/hosts', 9, false, 'outside')
  ],
  hosts: [],
  findings: [
    finding('warning', 'no-licence', null),
    finding('secret', 'aws-key', 'data/a.csv'),
    finding('note', 'not-included', null)
  ],
  environment: {
    python: '3.11.7',
    platform: 'linux',
    machine: 'x86_64',
    packages: 3,
    unlocked: []
  },
  size: 1100
};

function input(
  path: string,
  size: number,
  selected: boolean,
  why: string
): object {
  const facts = { how: 'seen', changed: false, where: '' };
  return { path, size, selected, why_not: why, ...facts };
}

function finding(level: string, kind: string, path: string | null): object {
  return { level, kind, title: kind, where: '', hint: '', cell: null, path };
}

/** One job that runs: it shares `survey.ipynb`. */
const JOBS = {
  jobs: [
    { id: 'other', state: 'running', size: 1, size_total: 2 },
    { id: 'share', state: 'running', size: 400, size_total: 1500 }
  ],
  changed: new Signal({}),
  argumentsOf: (id: string) =>
    id === 'share' ? { path: 'survey.ipynb' } : { path: 'other.ipynb' },
  dismiss: () => Promise.resolve()
} as unknown as RunningJobs;

/** A server that has one plan, and jobs that end at once. */
async function sharing(run?: () => Promise<Record<string, unknown>>): Promise<{
  model: SharingModel;
  started: { action: string; args: Readonly<Record<string, unknown>> }[];
}> {
  const started: {
    action: string;
    args: Readonly<Record<string, unknown>>;
  }[] = [];
  const settings = {
    baseUrl: 'http://127.0.0.1/',
    appendToken: false,
    init: {},
    fetch: () => Promise.resolve(new Response(JSON.stringify(PLAN))),
    Headers,
    Request
  } as unknown as Settings;
  const model = new SharingModel(
    'survey.ipynb',
    'k1',
    (action, args) => {
      started.push({ action, args });
      if (run !== undefined) {
        return run();
      }
      return Promise.resolve({
        root: 'bafyroot',
        payload: 'bafypayload',
        name: 'survey',
        version: 1,
        unchanged: false,
        size: 10,
        link: 'ipfs://bafyroot',
        path: args['to']
      });
    },
    JOBS,
    settings
  );
  await model.look();
  assert.equal(model.problem, null);
  return { model, started };
}

test('a secret must be left out or agreed to, and what is left out has none', async () => {
  const { model } = await sharing();
  assert.equal(model.secrets.length, 1);
  assert.equal(model.canShare, false);
  model.agreeToSecrets(true);
  assert.equal(model.canShare, true);
  // Another choice is another question.
  model.select('data/a.csv', false);
  assert.equal(model.secretsAgreed, false);
  assert.deepEqual(model.secrets, []);
  assert.equal(model.canShare, true);
  assert.equal(model.size, 100);
});

test('what was typed and chosen stays when the dialog is closed, and a signature does not', async () => {
  const { model } = await sharing();
  model.setField('title', 'My survey');
  model.select('data/a.csv', false);
  model.sign(true);
  await model.share();
  assert.equal(model.step, 'how');
  model.leave();
  await model.come('k2');
  assert.equal(model.step, 'what');
  assert.equal(model.field('title'), 'My survey');
  assert.equal(
    model.plan?.inputs.some(input => model.isSelected(input)),
    false
  );
  assert.equal(model.isSigned, false);
});

test('how far the server has come is said while it shares, and its end when nobody looked', async () => {
  let settle: (result: Record<string, unknown>) => void = () => undefined;
  const { model } = await sharing(
    () => new Promise(resolve => (settle = resolve))
  );
  model.agreeToSecrets(true);
  const shared = model.share();
  assert.equal(model.job?.size, 400);
  model.leave();
  settle({ root: 'bafyroot', payload: 'bafypayload', name: 'survey' });
  await shared;
  await model.come(null);
  assert.equal(model.job, null);
  assert.equal(model.step, 'how');
});

test('what is chosen is what is shared, and nothing is told of what is hidden', async () => {
  const { model, started } = await sharing();
  model.select('data/a.csv', false);
  model.select('/etc/hosts', true);
  model.setWhere('data/a.csv', ' doi:10.1/2 ');
  model.setWhere('.env', 'at home');
  model.setField('authors', 'Ada Lovelace, ; Ben');
  model.setField('license', ' MIT ');
  await model.share();
  assert.equal(model.step, 'how');
  assert.deepEqual(started, [
    {
      action: 'share',
      args: {
        path: 'survey.ipynb',
        kernel: 'k1',
        include: [],
        exclude: ['data/a.csv', '.env'],
        title: 'survey',
        authors: ['Ada Lovelace', 'Ben'],
        license: 'MIT',
        description: '',
        where: { 'data/a.csv': 'doi:10.1/2' }
      }
    }
  ]);
});

test('a finding that the dialog answers is not said twice', async () => {
  const { model } = await sharing();
  const kinds = (): string[] => model.findings.map(({ kind }) => kind);
  assert.deepEqual(kinds(), ['aws-key', 'no-licence']);
  model.setField('license', 'MIT');
  assert.deepEqual(kinds(), ['aws-key']);
});

test('a later step waits for a share, and a file is listed once', async () => {
  const { model } = await sharing();
  model.goTo('done');
  assert.equal(model.step, 'what');
  model.agreeToSecrets(true);
  await model.share();
  await model.save('zip', 'a.zip');
  await model.save('zip', 'a.zip');
  assert.deepEqual(
    model.saved.map(({ path }) => path),
    ['a.zip']
  );
  // What is signed has another CID: no file holds it.
  await model.signShared();
  assert.deepEqual(model.saved, []);
});

test('authors are told apart by commas, semicolons and lines', () => {
  assert.deepEqual(authorsOf(' Ada,Ben;\nCleo ,'), ['Ada', 'Ben', 'Cleo']);
  assert.deepEqual(authorsOf(''), []);
});

test('a share is known by its entries, and by nothing less', () => {
  const listing = (...names: string[]): Parameters<typeof looksShared>[0] =>
    ({
      kind: 'directory',
      entries: names.map(name => ({ name }))
    }) as unknown as Parameters<typeof looksShared>[0];
  assert.ok(looksShared(listing('payload', 'signatures')));
  assert.ok(looksShared(listing('payload')));
  assert.ok(looksShared(listing('bundle.json', 'notebook.ipynb', 'README.md')));
  assert.ok(!looksShared(listing('payload', 'other')));
  assert.ok(!looksShared(listing('bundle.json')));
  assert.ok(!looksShared(listing()));
});

test('what is no answer about bundles is refused', () => {
  for (const body of [null, {}, { title: 1 }, { ...PLAN, inputs: null }]) {
    assert.throws(() => asPlan(body), TypeError);
    assert.throws(() => asBundle(body), TypeError);
    assert.throws(() => asReport(body), TypeError);
  }
  assert.throws(() => asShared({ root: 1 }), TypeError);
  assert.throws(() => asIntegrity({ files: 3 }), TypeError);
  assert.throws(() => asDifference({ cells: [] }), TypeError);
});

test('a verdict that nobody knows is none', () => {
  const cell = { id: 'a', index: 0, reason: '' };
  const cells = [...VERDICTS, 'verified'].map(verdict => ({
    ...cell,
    verdict
  }));
  assert.equal(asProgress(cells).length, VERDICTS.length);
  assert.deepEqual(asProgress('<script>'), []);
  assert.throws(
    () => asReport({ payload: 'bafy', counts: {}, cells }),
    TypeError
  );
});

test('refused entries of a lock have names, also where they come as sentences', () => {
  const { refused } = asReadiness({
    words: [],
    refused: ['demo is not installed: a directory', { name: 'b', why: 'vcs' }]
  });
  assert.deepEqual(
    refused.map(({ name }) => name),
    ['demo', 'b']
  );
});

test('verdicts go to the notebooks of their bundle, however the place is written', () => {
  const verdicts = new VerdictsModel();
  const cell = { id: 'c', index: 0, verdict: 'same', reason: '' } as const;
  verdicts.link('copies/survey.ipynb', 'bafyP');
  verdicts.put('bafyP', [cell]);
  verdicts.put('bafyQ', []);
  assert.equal(verdicts.of('RTC:copies/survey.ipynb')?.get('c'), cell);
  assert.equal(verdicts.of('survey.ipynb'), null);
  verdicts.put('bafyP', null);
  assert.equal(verdicts.of('copies/survey.ipynb'), null);
});
