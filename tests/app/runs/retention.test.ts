import { afterEach, beforeEach, expect, test } from 'vitest';
import { dueOf, readHolding } from '../../../app/ledger/needed.ts';
import { verifyLedger } from '../../../app/ledger/verify/index.ts';
import { planFork, queueFork } from '../../../app/runs/fork.ts';
import { blobSizes, planPurge, recordPurge } from '../../../app/runs/giveUp.ts';
import { recordAttempt, recordRun } from '../../../app/runs/record.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

let temporary: Temporary;
beforeEach(async () => {
  temporary = await temporaryLedger();
});
afterEach(() => temporary.remove());

const never = new AbortController().signal;
const record = (changes: Record<string, unknown> = {}) =>
  recordRun(temporary.host, { recipe: tinyRecipe({ epochs: 6, ...changes }), name: null, tags: [], sweep: null }, tinyDataSet(), {
    threads: 1,
    signal: never,
  });

/** Checkpoints of a run that are still there, as `reason epoch`. */
async function keptOf(runId: string): Promise<string[]> {
  const events = (await temporary.ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'CheckpointTaken');
  const there = await Promise.all(events.map(({ blob }) => temporary.ledger.blobs.has(blob as string)));
  return events.filter((_, i) => there[i]).map(({ data }) => `${(data as { epoch: number }).epoch}`);
}

test('of six epochs the last and the best checkpoint are left, and the ledger verifies', async () => {
  const { ledger, folder } = temporary;
  const { runId, ending } = await record();
  const best = ending.type === 'RunCompleted' ? ending.data.best.epoch : 0;
  const files = (await Array.fromAsync(ledger.blobs.list())).length;
  expect(files).toBe(new Set([best, 6]).size);
  expect(new Set(await keptOf(runId))).toEqual(new Set([`${best}`, '6']));
  expect(await verifyLedger(folder)).toMatchObject({ ok: true, orphans: { count: 0 } });
});

test('a file that another run still needs stays: a longer run passes the end of a shorter one', async () => {
  const { ledger, folder } = temporary;
  const checkpointsOf = async (runId: string) =>
    (await ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'CheckpointTaken').map(({ blob }) => blob as string);
  const short = await checkpointsOf((await record({ epochs: 1 })).runId);
  const long = await checkpointsOf((await record()).runId);
  expect(long[0]).toBe(short[0]);
  expect(new Set(long).size).toBeGreaterThan(2);
  expect(await ledger.blobs.has(short[0]!)).toBe(true);
  expect((await verifyLedger(folder)).ok).toBe(true);
});

test('a kept checkpoint that is missing is not intact', async () => {
  const { ledger, folder } = temporary;
  const { runId } = await record();
  const last = (await ledger.log.read(`run/${runId}`)).findLast(({ type }) => type === 'CheckpointTaken');
  await ledger.blobs.remove(last?.blob as string);
  expect((await verifyLedger(folder)).ok).toBe(false);
});

/** Stops after so many epochs and is taken up again to its end. */
async function stopAndResume(epochs: number): Promise<string> {
  const { host } = temporary;
  const stop = new AbortController();
  let seen = 0;
  const recipe = tinyRecipe({ epochs: 8 });
  const { runId } = await recordRun(host, { recipe, name: null, tags: [], sweep: null }, tinyDataSet(), {
    threads: 1,
    signal: stop.signal,
    onFact: ({ type }) => type === 'EpochMeasured' && ++seen === epochs && stop.abort(),
  });
  const { ending } = await recordResumed(host, await takeRun(host, runId), tinyDataSet(), { threads: 1, signal: never });
  expect(ending.type).toBe('RunCompleted');
  return runId;
}

test('a resumed run lets go what its first attempt left, and nothing that it needs', async () => {
  const { ledger, folder } = temporary;
  const runId = await stopAndResume(3);
  const due = dueOf(readHolding(ledger.database, runId));
  const files = (await Array.fromAsync(ledger.blobs.list())).map(({ sha256 }) => sha256);
  expect(new Set(files)).toEqual(due);
  const taken = (await ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'CheckpointTaken');
  expect(due.size).toBeLessThan(new Set(taken.map(({ blob }) => blob)).size);
  expect(await verifyLedger(folder)).toMatchObject({ ok: true, orphans: { count: 0 } });
});

test('where a fork began stays, though its parent goes on, is pruned and purged', async () => {
  const { ledger, host, folder } = temporary;
  const { runId } = await record();
  const request = { parentId: runId, epoch: 2, settings: [], name: 'fork', tags: [] };
  const attempt = await queueFork(host, await planFork(host, request), tinyDataSet(), { threads: 1, signal: never });
  await recordAttempt(host, attempt, tinyDataSet(), { threads: 1, signal: never });
  const forked = (await ledger.log.read(`run/${attempt.runId}`)).find(({ type }) => type === 'RunForked')!;
  // Its parent trains the same bits anew, and lets go of them again.
  await record();
  await recordPurge(host, planPurge(ledger, await blobSizes(ledger), runId));
  expect(await ledger.blobs.has(forked.blob!)).toBe(true);
  expect(await verifyLedger(folder)).toMatchObject({ ok: true });
  await recordPurge(host, planPurge(ledger, await blobSizes(ledger), attempt.runId));
  expect(await ledger.blobs.has(forked.blob!)).toBe(false);
  expect(await verifyLedger(folder)).toMatchObject({ ok: true });
});
