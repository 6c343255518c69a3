import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readDeclared, readFound } from '../../../app/ablations/queries.ts';
import { applicationEvent, commit } from '../../../app/runs/events.ts';
import { recordAbandoned } from '../../../app/sweeps/abandoned.ts';
import { readSweepFile } from '../../../app/sweeps/file.ts';
import { planSweep, type SweepPlan } from '../../../app/sweeps/plan.ts';
import { runSweep, type SweepObserver, type SweepOutcome } from '../../../app/sweeps/run.ts';
import { runValue, type Temporary, temporaryLedger, tinyDataSet, tinyWritten } from '../runs/tiny.ts';

const withoutNorm = tinyWritten.network.filter((layer) => layer !== 'batchNorm2d');
const silent: SweepObserver = { onTrials() {}, onFact() {}, onProgress() {}, onHeldUp() {}, onEnd() {} };
const never = new AbortController().signal;

let files: string;
let temporary: Temporary;
beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'runledger-sweep-'));
});
afterAll(() => rmSync(files, { recursive: true }));
beforeEach(async () => {
  temporary = await temporaryLedger();
});
afterEach(() => temporary.remove());

function plan(content: Record<string, unknown>): Promise<SweepPlan> {
  const path = join(files, 'ablation.json');
  writeFileSync(path, JSON.stringify({ recipe: tinyWritten, seeds: [1, 2], ...content }));
  return planSweep(readSweepFile(path), async () => tinyDataSet());
}

const ablation = { ablate: { network: [tinyWritten.network, withoutNorm] } };

function run(
  sweep: SweepPlan,
  options: { signal?: AbortSignal; observer?: Partial<SweepObserver>; workers?: number } = {},
): Promise<SweepOutcome> {
  return runSweep(temporary.host, sweep, {
    workers: options.workers ?? 2,
    threads: 1,
    signal: options.signal ?? never,
    observer: { ...silent, ...options.observer },
  });
}

const typesOf = async (stream: string): Promise<string[]> => (await temporary.ledger.log.read(stream)).map(({ type }) => type);

test('an ablation is declared before its first run, trains every trial and reads as one group of pairs', async () => {
  const { ledger } = temporary;
  const outcome = await run(await plan(ablation));
  expect(outcome).toMatchObject({ completed: 4, failed: 0, stopped: false });
  const { events } = await ledger.log.readAll();
  const order = events.map(({ type }) => type);
  expect(order.indexOf('AblationDeclared')).toBeLessThan(order.indexOf('RunQueued'));
  expect(order.filter((type) => type === 'RunCompleted')).toHaveLength(4);
  expect(await typesOf(`sweep/${outcome.sweepId}`)).toEqual(['SweepDeclared', ...Array(4).fill('TrialProposed'), 'SweepCompleted']);

  const [declared] = readDeclared(ledger.database);
  expect(declared).toMatchObject({ sweepId: outcome.sweepId, completed: 4, trials: 4, seeds: [1, 2] });
  expect(declared?.groups.map(({ levels, comparisons }) => [levels.map(({ summary }) => summary.n), comparisons[0]?.pairs.length])).toEqual(
    [[[2, 2], 2]],
  );
  // The same runs are found without the declaration, by what their recipes say.
  expect(readFound(ledger.database).map(({ path, levels }) => [path, levels.map(({ value }) => value)])).toEqual([
    ['network.batchNorm2d', [true, false]],
  ]);
});

test('trials run side by side, as many as there are workers', async () => {
  const running = new Set<number>();
  let most = 0;
  await run(await plan({ ...ablation, seeds: [1, 2, 3] }), {
    observer: {
      onFact({ plan: { trial } }, { type }) {
        if (type === 'RunStarted') running.add(trial);
        most = Math.max(most, running.size);
      },
      onEnd: ({ plan: { trial } }) => void running.delete(trial),
    },
  });
  expect(most).toBe(2);
});

test('again, it trains nothing and declares nothing', async () => {
  const sweep = await plan(ablation);
  const first = await run(sweep);
  const { checkpoint } = await temporary.ledger.log.readAll();
  const second = await run(sweep);
  expect(second).toMatchObject({ sweepId: first.sweepId, completed: 4 });
  expect(second.trials.map(({ runId, reused }) => [runId, reused])).toEqual(first.trials.map(({ runId }) => [runId, true]));
  expect((await temporary.ledger.log.readAll({ after: checkpoint })).events).toEqual([]);
});

test('only what is missing is trained: completed runs are known by configuration and seed', async () => {
  const { ledger } = temporary;
  const first = await run(await plan({ ...ablation, seeds: [1] }));
  const second = await run(await plan(ablation));
  expect(second.trials.map(({ reused }) => reused)).toEqual([true, true, false, false]);
  expect(second.trials.slice(0, 2).map(({ runId }) => runId)).toEqual(first.trials.map(({ runId }) => runId));
  expect(ledger.database.prepare("SELECT count(*) FROM v1_runs WHERE status = 'completed'").pluck().get()).toBe(4);
});

test('a stop ends the running trials with a checkpoint and gives up those that wait; what was stopped is no result', async () => {
  const { ledger } = temporary;
  const stop = new AbortController();
  const endless = await plan({ ...ablation, recipe: { ...tinyWritten, epochs: 100_000 } });
  const outcome = await run(endless, {
    signal: stop.signal,
    observer: { onFact: (_trial, { type }) => type === 'EpochMeasured' && stop.abort() },
  });
  expect(outcome).toMatchObject({ completed: 0, failed: 0, stopped: true });
  expect(outcome.trials.map(({ runId }) => runValue(ledger, runId, 'status'))).toEqual(Array(4).fill('stopped'));
  expect((await typesOf(`sweep/${outcome.sweepId}`)).at(-1)).toBe('SweepStopped');
  expect(await ledger.sweepInterrupted()).toEqual([]);

  const aborted = new AbortController();
  aborted.abort();
  const again = await run(endless, { signal: aborted.signal });
  expect(again.trials.map(({ reused }) => reused)).toEqual([false, false, false, false]);
});

test('trials that were stopped on their way go on, as the same runs, and end as unbroken ones', async () => {
  const { ledger } = temporary;
  const long = await plan({ ...ablation, recipe: { ...tinyWritten, epochs: 30 }, seeds: [1] });
  const stop = new AbortController();
  const first = await run(long, {
    signal: stop.signal,
    observer: { onFact: (_trial, { type }) => type === 'EpochMeasured' && stop.abort() },
  });
  expect(first.stopped).toBe(true);
  const lines: number[] = [];
  const second = await run(long, { observer: { onTrials: (trials) => lines.push(...trials.map(({ line }) => line.length)) } });
  expect(second).toMatchObject({ completed: 2, failed: 0, stopped: false });
  const goneOn = second.trials.filter(({ runId }) => first.trials.some((trial) => trial.runId === runId));
  expect(goneOn.length).toBeGreaterThan(0);
  expect(Math.max(...lines)).toBeGreaterThan(0);
  for (const { runId } of goneOn) expect(await typesOf(`run/${runId}`)).toContain('RunResumed');
  const fingerprints = second.trials.map(({ runId }) => runValue(ledger, runId, 'fingerprint'));
  const other = await temporaryLedger();
  try {
    const unbroken = await runSweep(other.host, long, { workers: 2, threads: 1, signal: never, observer: silent });
    expect(fingerprints).toEqual(unbroken.trials.map(({ runId }) => runValue(other.ledger, runId, 'fingerprint')));
  } finally {
    await other.remove();
  }
});

test('a sweep whose process is gone is found stopped, one that is held is not', async () => {
  const { ledger, host } = temporary;
  const statuses = () => ledger.database.prepare('SELECT status FROM v1_sweeps').pluck().all();
  const held = host.newId();
  await ledger.leases.hold(held);
  for (const id of [held, host.newId()]) {
    const declared = { name: 'gone', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' };
    await commit(host, `sweep/${id}`, 0, [applicationEvent(host, 'SweepDeclared', declared)]);
  }
  await recordAbandoned(host);
  expect(statuses().sort()).toEqual(['running', 'stopped']);
  await ledger.leases.release(held);
  await recordAbandoned(host);
  expect(statuses()).toEqual(['stopped', 'stopped']);
});

test('a trial that fails leaves the others alone', async () => {
  const outcome = await run(await plan({ grid: { 'optimizer.lr': [1e38, 0.05] }, seeds: [1] }));
  expect(outcome).toMatchObject({ completed: 1, failed: 1, stopped: false });
  expect((await typesOf(`sweep/${outcome.sweepId}`)).at(-1)).toBe('SweepCompleted');
});

test('a mistake in one trial is found before anything is recorded', async () => {
  await expect(plan({ grid: { 'optimizer.lr': [0.1, 'fast'] } })).rejects.toMatchObject({
    code: 'usage',
    place: expect.stringMatching(/ablation\.json, optimizer\.lr: "fast"$/),
  });
  expect((await temporary.ledger.log.readAll()).events).toEqual([]);
});

test.each([
  [
    'a value that stands there twice',
    { grid: { 'optimizer.lr': [0.1, 0.2, 0.1] } },
    /^trials 1 and 3 are the same run, .*lr 0\.1 · seed 1$/,
  ],
  ['two ways to say one thing', { ablate: { 'network[4]': ['flatten', { flatten: {} }] } }, /^trials 1 and 2 are the same run, /],
])('%s is no second trial', async (_what, content, message) => {
  await expect(plan(content)).rejects.toMatchObject({ code: 'sweep.invalid', message: expect.stringMatching(message) });
});
