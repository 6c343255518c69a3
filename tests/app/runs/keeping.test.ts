// What a recipe keeps of a run's checkpoints, from the trainer to the files; the numbers of the run do not depend on it.
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

async function kept(checkpoints: unknown) {
  const { ledger, host } = temporary;
  const recipe = tinyRecipe({ epochs: 6, record: { checkpoints } });
  const { runId, ending } = await recordRun(host, { recipe, name: null, tags: [], sweep: null }, tinyDataSet(), {
    threads: 1,
    signal: never,
  });
  if (ending.type !== 'RunCompleted') throw new Error(ending.type);
  const taken = (await ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'CheckpointTaken');
  const files = await Promise.all(taken.map(({ blob }) => ledger.blobs.has(blob as string)));
  const of = (events: typeof taken) => events.map(({ data }) => data as { reason: string; epoch: number });
  return {
    best: ending.data.best.epoch,
    fingerprint: ending.data.fingerprint,
    recorded: of(taken),
    files: [...new Set(of(taken.filter((_, i) => files[i])).map(({ epoch }) => epoch))].sort(),
  };
}

test('last, best, every n, all and none; each verifies, and all have one fingerprint', async () => {
  const { folder } = temporary;
  const usual = await kept(['last', 'best']);
  const expected: [unknown, (epoch: number, reason: string) => boolean, number[]][] = [
    ['last', (_, reason) => reason === 'last', [6]],
    ['best', (_, reason) => reason === 'best', [usual.best]],
    [{ every: 2 }, (epoch, reason) => reason === 'last' && epoch % 2 === 0, [2, 4, 6]],
    [['last', 'best', { every: 4 }], () => true, [...new Set([4, usual.best, 6])].sort()],
    ['all', () => true, [1, 2, 3, 4, 5, 6]],
    ['none', () => false, []],
  ];
  expect(usual.files).toEqual([...new Set([usual.best, 6])].sort());
  for (const [checkpoints, isRecorded, files] of expected) {
    const run = await kept(checkpoints);
    expect(run.fingerprint).toBe(usual.fingerprint);
    expect(run.recorded, JSON.stringify(checkpoints)).toEqual(usual.recorded.filter(({ epoch, reason }) => isRecorded(epoch, reason)));
    // What another run of these bits needs is there for both.
    expect(
      run.files.filter((epoch) => files.includes(epoch)),
      JSON.stringify(checkpoints),
    ).toEqual(files);
  }
  expect(await verifyLedger(folder)).toMatchObject({ ok: true, orphans: { count: 0 } });
});

test('a file that the recipe keeps and that is gone is not intact', async () => {
  const { ledger, folder } = temporary;
  await kept({ every: 2 });
  expect((await verifyLedger(folder)).ok).toBe(true);
  const [second] = ledger.database.prepare<[], string>('SELECT sha256 FROM v1_checkpoints WHERE epoch = 2').pluck().all();
  await ledger.blobs.remove(second!);
  expect((await verifyLedger(folder)).faults).toEqual([expect.stringContaining(second!)]);
});

test('stopped, a run that keeps none leaves what it can go on from', async () => {
  const { ledger, host } = temporary;
  const stop = new AbortController();
  const recipe = tinyRecipe({ epochs: 100_000, record: { checkpoints: 'none' } });
  const { runId } = await recordRun(host, { recipe, name: null, tags: [], sweep: null }, tinyDataSet(), {
    threads: 1,
    signal: stop.signal,
    onFact: ({ type }) => type === 'EpochMeasured' && stop.abort(),
  });
  const taken = (await ledger.log.read(`run/${runId}`)).filter(({ type }) => type === 'CheckpointTaken');
  expect(taken.map(({ data }) => (data as { reason: string }).reason)).toEqual(['stop']);
  expect(await ledger.blobs.has(taken[0]!.blob!)).toBe(true);
});
