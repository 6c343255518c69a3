// Rules that look back, through the real recorder: what they remember survives stops, forks, replays from any epoch, and checkpoints that are gone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planFork, queueFork } from '../../../app/runs/fork.ts';
import { parseSetting } from '../../../app/runs/recipes.ts';
import { recordAttempt, recordRun } from '../../../app/runs/record.ts';
import { replayRun } from '../../../app/runs/replay.ts';
import { recordResumed, takeRun } from '../../../app/runs/resume.ts';
import { type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

const dataset = tinyDataSet();
const options = { threads: 1, signal: new AbortController().signal };
/** Nothing is better by so much: reduced after every second epoch, the run ended after eleven. */
const schedule = { type: 'reduceLROnPlateau', patience: 1, thresholdMode: 'abs', threshold: 99, factor: 0.5 };
const changes = { epochs: 30, schedule, stop: { patience: 10, minDelta: 99 }, record: { checkpoints: 'all' } };

let temporary: Temporary;
let runId: string;
beforeAll(async () => {
  temporary = await temporaryLedger();
  ({ runId } = await recordRun(temporary.host, { recipe: tinyRecipe(changes), name: 'tiny', tags: [], sweep: null }, dataset, options));
});
afterAll(() => temporary.remove());

const epochsOf = (id: string) =>
  temporary.ledger.database
    .prepare('SELECT epoch, learning_rate, weights_sha256 FROM v1_epochs WHERE run_id = ? ORDER BY epoch')
    .all(id) as { epoch: number; learning_rate: number; weights_sha256: string }[];

async function fork(epoch: number, ...set: string[]): Promise<string> {
  const { host } = temporary;
  const plan = await planFork(host, { parentId: runId, epoch, settings: set.map(parseSetting), name: null, tags: [] });
  return (await recordAttempt(host, await queueFork(host, plan, dataset, options), dataset, options)).runId;
}

test('the rate halves after every second epoch that is no better, and patience ends the run', () => {
  const rates = epochsOf(runId).map(({ learning_rate }) => learning_rate / 0.05);
  expect(rates).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625]);
});

test.each([1, 2, 5, 10])('a replay from epoch %i is identical', async (fromEpoch) => {
  expect(await replayRun(temporary.host, runId, dataset, { ...options, fromEpoch })).toMatchObject({ verdict: 'identical', fromEpoch });
});

test.each([2, 3, 7])('a fork of epoch %i with its parent’s settings learns the same and ends where it did', async (epoch) => {
  expect(epochsOf(await fork(epoch))).toEqual(epochsOf(runId).slice(epoch));
});

test('a fork with more patience of the schedule counts on, at the rate that had come to hold', async () => {
  const id = await fork(5, 'schedule.patience=2', 'epochs=9', 'stop.patience=30');
  expect(epochsOf(id).map(({ learning_rate }) => learning_rate / 0.05)).toEqual([0.25, 0.25, 0.25, 0.125]);
  expect(await replayRun(temporary.host, id, dataset, options)).toMatchObject({ verdict: 'identical' });
});

test('a run that was stopped in its patience goes on, and ends with the same weights', async () => {
  const stop = new AbortController();
  const onFact = ({ type, data }: { type: string; data: { epoch?: number } }) => {
    if (type === 'EpochMeasured' && data.epoch === 4) stop.abort();
  };
  const request = { recipe: tinyRecipe({ ...changes, epochs: 400 }), name: 'stopped', tags: [], sweep: null };
  const stopped = await recordRun(temporary.host, request, dataset, { threads: 1, signal: stop.signal, onFact: onFact as never });
  const going =
    stopped.ending.type === 'RunStopped'
      ? await recordResumed(temporary.host, await takeRun(temporary.host, stopped.runId), dataset, options)
      : stopped;
  expect(going.ending).toMatchObject({ type: 'RunCompleted', data: { epochs: 11, early: { rule: 'patience' } } });
  expect(epochsOf(going.runId)).toEqual(epochsOf(runId));
});

test('checkpoints that are gone are made again with what they remembered', async () => {
  const { log, blobs } = temporary.ledger;
  for (const { blob } of await log.read(`run/${runId}`)) if (blob !== null) await blobs.remove(blob);
  expect(epochsOf(await fork(6))).toEqual(epochsOf(runId).slice(6));
});
