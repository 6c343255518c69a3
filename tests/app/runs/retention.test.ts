import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyLedger } from '../../../app/ledger/verify/index.ts';
import { recordRun } from '../../../app/runs/record.ts';
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
