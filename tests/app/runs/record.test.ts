import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mostOutstanding } from '../../../app/runs/protocol.ts';
import { dropQueued, queueRun, type RunRequest, recordQueued, recordRun } from '../../../app/runs/record.ts';
import { createRunWorkers } from '../../../app/runs/workers.ts';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { Fact } from '../../../trainer/index.ts';
import { runValue, type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

let temporary: Temporary;
beforeEach(async () => {
  temporary = await temporaryLedger();
});
afterEach(() => temporary.remove());

const dataset = tinyDataSet();
const request = (changes: Record<string, unknown> = {}): RunRequest => ({
  recipe: tinyRecipe(changes),
  name: 'tiny',
  tags: ['try'],
  sweep: null,
});
const never = new AbortController().signal;

describe('a run that is recorded', () => {
  test('every fact is an event, in order, and the views tell it as completed', async () => {
    const { ledger, host } = temporary;
    const facts: Fact[] = [];
    const outcome = await recordRun(host, request(), dataset, { threads: 1, signal: never, onFact: (fact) => facts.push(fact) });
    expect(outcome.ending.type).toBe('RunCompleted');
    const events = await ledger.log.read(`run/${outcome.runId}`);
    expect(events.map(({ type }) => type)).toEqual(['RunQueued', ...facts.map(({ type }) => type)]);
    expect(events.slice(1).every(({ attempt }) => attempt === 1)).toBe(true);
    expect(runValue(ledger, outcome.runId, 'status')).toBe('completed');
    expect(runValue(ledger, outcome.runId, 'epochs_done')).toBe(2);
    expect(runValue(ledger, outcome.runId, 'tags')).toBe('try');
  });

  test('series arrive bit by bit, blobs stand behind their events', async () => {
    const { ledger, host } = temporary;
    const facts: Fact[] = [];
    const { runId } = await recordRun(host, request(), dataset, { threads: 1, signal: never, onFact: (fact) => facts.push(fact) });
    const events = await ledger.log.read(`run/${runId}`);
    const steps = facts.find((fact) => fact.type === 'StepsMeasured');
    const stored = events.find(({ type }) => type === 'StepsMeasured')?.arrays;
    expect(stored).toEqual(new Uint8Array(steps!.arrays.buffer, steps!.arrays.byteOffset, steps!.arrays.byteLength));
    for (const { blob } of events) if (blob !== null) expect(await ledger.blobs.has(blob)).toBe(true);
    expect(events.filter(({ blob }) => blob !== null).map(({ type }) => type)).toContain('CheckpointTaken');
  });

  test('the same recipe and seed give the same fingerprint, on one thread and on two; another seed another', async () => {
    const { host } = temporary;
    const fingerprint = async (seed: number, threads: number): Promise<string> => {
      const { ending } = await recordRun(host, request({ seed }), dataset, { threads, signal: never });
      return ending.type === 'RunCompleted' ? ending.data.fingerprint : ending.type;
    };
    const [first, again, other] = [await fingerprint(1, 1), await fingerprint(1, 2), await fingerprint(2, 1)];
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('a run that ends otherwise', () => {
  test('asked to stop it leaves a checkpoint and RunStopped', async () => {
    const { ledger, host } = temporary;
    const stop = new AbortController();
    const { runId, ending } = await recordRun(host, request({ epochs: 100_000 }), dataset, {
      threads: 1,
      signal: stop.signal,
      onFact: ({ type }) => type === 'EpochMeasured' && stop.abort(),
    });
    expect(ending).toMatchObject({ type: 'RunStopped', data: { by: 'signal' } });
    const [checkpoint, stopped] = (await ledger.log.read(`run/${runId}`)).slice(-2);
    expect([checkpoint?.type, stopped?.type]).toEqual(['CheckpointTaken', 'RunStopped']);
    expect(await ledger.blobs.has(checkpoint?.blob as string)).toBe(true);
    expect(runValue(ledger, runId, 'status')).toBe('stopped');
    expect(await ledger.sweepInterrupted()).toEqual([]);
  });

  test('a loss that is no number fails it, with the step', async () => {
    const { ledger, host } = temporary;
    const { runId, ending } = await recordRun(host, request({ optimizer: { type: 'sgd', lr: 1e38 } }), dataset, {
      threads: 1,
      signal: never,
    });
    expect(ending).toMatchObject({ type: 'RunFailed', data: { code: 'train.nonFinite' } });
    expect(runValue(ledger, runId, 'status')).toBe('failed');
    expect(runValue(ledger, runId, 'error_code')).toBe('train.nonFinite');
  });

  test.each([
    ['throws', `throw new Error('out of luck')`, 'out of luck'],
    ['exits', 'process.exit(7)', 'the training thread ended with code 7 before the run did'],
  ])('a worker that %s is a failed run, with its words', async (_how, source, message) => {
    const { ledger, host } = temporary;
    const broken = { ...host, workers: createRunWorkers(() => new Worker(source, { eval: true })) };
    const { runId, ending } = await recordRun(broken, request(), dataset, { threads: 1, signal: never });
    expect(ending).toMatchObject({ type: 'RunFailed', data: { code: 'worker.crashed', message } });
    expect((await ledger.log.read(`run/${runId}`)).map(({ type }) => type)).toEqual(['RunQueued', 'RunFailed']);
    expect(runValue(ledger, runId, 'status')).toBe('failed');
  });

  test('a worker that breaks after its last word has ended as it said', async () => {
    const { ledger, host } = temporary;
    const stopped = { type: 'RunStopped', data: { epoch: 0, step: 0, by: 'user', why: 'asked' }, measured: { seconds: 1 } };
    const source = `const { parentPort } = require('node:worker_threads');
      parentPort.postMessage({ kind: 'fact', fact: ${JSON.stringify(stopped)} });
      throw new Error('too late');`;
    const late = { ...host, workers: createRunWorkers(() => new Worker(source, { eval: true })) };
    const { runId, ending } = await recordRun(late, request(), dataset, { threads: 1, signal: never });
    expect(ending).toEqual(stopped);
    expect((await ledger.log.read(`run/${runId}`)).map(({ type }) => type)).toEqual(['RunQueued', 'RunStopped']);
  });

  test('a worker that throws while the ledger refuses is told as the refusal', async () => {
    const { ledger, host } = temporary;
    const run = await queueRun(host, request());
    const refusal = new Error('no');
    const log: typeof ledger.log = { ...ledger.log, append: () => Promise.reject(refusal) };
    const workers = createRunWorkers(() => new Worker(`throw new Error('out of luck')`, { eval: true }));
    const broken = { ...host, ledger: { ...ledger, log }, workers };
    await expect(recordQueued(broken, run, dataset, { threads: 1, signal: never })).rejects.toBe(refusal);
  });

  test('queued and given up, it is stopped before it began', async () => {
    const { ledger, host } = temporary;
    const run = await queueRun(host, request());
    expect(runValue(ledger, run.runId, 'status')).toBe('queued');
    await dropQueued(host, run);
    expect(runValue(ledger, run.runId, 'status')).toBe('stopped');
  });
});

describe('one author', () => {
  test('where another process writes the end, this one stops and writes nothing more', async () => {
    const { ledger, host } = temporary;
    const run = await queueRun(host, request({ epochs: 100_000 }));
    const stream = `run/${run.runId}`;
    let interrupted = false;
    // Before this process's first append, another one declares the run dead.
    const log: typeof ledger.log = {
      ...ledger.log,
      async append(name, version, events, options) {
        if (!interrupted) {
          interrupted = true;
          const why = { why: 'lease', lastBeat: null };
          await ledger.log.append(
            name,
            version,
            [{ ...events[0]!, id: host.newEventId(), type: 'RunInterrupted', data: why, measured: {} }],
            { flush: true },
          );
        }
        return ledger.log.append(name, version, events, options);
      },
    };
    const zombie = recordQueued({ ...host, ledger: { ...host.ledger, log } }, run, dataset, { threads: 1, signal: never });
    await expect(zombie).rejects.toMatchObject({ code: 'run.fenced' });
    expect((await ledger.log.read(stream)).map(({ type }) => type)).toEqual(['RunQueued', 'RunInterrupted']);
    expect(runValue(ledger, run.runId, 'status')).toBe('interrupted');
  });
});

describe('a ledger that another process has to itself', () => {
  test('is waited for, and the run loses nothing', async () => {
    const { ledger, host } = temporary;
    const run = await queueRun(host, request());
    const busy = new RunledgerError('ledger.busy', 'another process writes');
    const refused: RunledgerError[] = [];
    let tries = 0;
    // Every append is refused once.
    const log: typeof ledger.log = {
      ...ledger.log,
      append: (...append) => (tries++ % 2 === 0 ? Promise.reject(busy) : ledger.log.append(...append)),
    };
    // Asked to stop as well: what is known by then is still written.
    const options = { threads: 1, signal: AbortSignal.abort(), onHeldUp: (refusal: RunledgerError) => refused.push(refusal) };
    const outcome = await recordQueued({ ...host, ledger: { ...ledger, log } }, run, dataset, options);
    expect(outcome.ending.type).toBe('RunStopped');
    expect(refused.length).toBe(tries / 2);
    expect(new Set(refused)).toEqual(new Set([busy]));
    expect(runValue(ledger, run.runId, 'status')).toBe('stopped');
  });
});

describe('a ledger that is slow', () => {
  test('holds the worker back', async () => {
    const { ledger, host } = temporary;
    const run = await queueRun(host, request({ epochs: 60 }));
    let arrived = 0;
    let most = 0;
    let committed = 0;
    const open = Promise.withResolvers<void>();
    const log: typeof ledger.log = {
      ...ledger.log,
      async append(...append) {
        // Nothing is acknowledged before the worker has sent as much as it may.
        await open.promise;
        const result = await ledger.log.append(...append);
        committed += append[2].length;
        return result;
      },
    };
    const outcome = await recordQueued({ ...host, ledger: { ...host.ledger, log } }, run, dataset, {
      threads: 1,
      signal: never,
      onFact() {
        arrived += 1;
        most = Math.max(most, arrived - committed);
        if (arrived === mostOutstanding) open.resolve();
      },
    });
    expect(outcome.ending.type).toBe('RunCompleted');
    expect(arrived).toBeGreaterThan(3 * mostOutstanding);
    expect(most).toBe(mostOutstanding);
  });
});
