// Metrics after the fact over a recorded run: right at every epoch, kept at once, never measured twice, and no stretch trained twice for them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordingHost } from '../../../app/runs/events.ts';
import { planFork, queueFork } from '../../../app/runs/fork.ts';
import { type MeasureOptions, type MeasureRequest, measureMissing, planMeasuring } from '../../../app/runs/measure.ts';
import { type Measurement, measurementQueries } from '../../../app/runs/measurements.ts';
import { recordAttempt, recordRun } from '../../../app/runs/record.ts';
import { type Temporary, temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

let temporary: Temporary;
let runId: string;
const dataset = tinyDataSet();
const never = new AbortController().signal;
const epochs = 6;

beforeEach(async () => {
  temporary = await temporaryLedger();
  const recipe = tinyRecipe({ epochs, augment: ['horizontalFlip'] });
  ({ runId } = await recordRun(temporary.host, { recipe, name: null, tags: [], sweep: null }, dataset, { threads: 1, signal: never }));
});
afterEach(() => temporary.remove());

const request = (changes: Partial<MeasureRequest> = {}): MeasureRequest => ({
  runId,
  metrics: ['perClassAccuracy'],
  epochs: undefined,
  part: 'validation',
  augment: undefined,
  ...changes,
});

/** Measures what is missing, and says which trainings that took. */
async function measure(changes: Partial<MeasureRequest> = {}, options: Partial<MeasureOptions> = {}): Promise<number> {
  const { host } = temporary;
  let trainings = 0;
  const counting: RecordingHost = {
    ...host,
    workers: {
      ...host.workers,
      take(threads) {
        trainings += 1;
        return host.workers.take(threads);
      },
    },
  };
  await measureMissing(counting, await planMeasuring(host, request(changes)), dataset, { threads: 1, signal: never, ...options });
  return trainings;
}

const found = (): Measurement[] => measurementQueries(temporary.ledger.database).of(runId);

const rows = <Row>(sql: string): Row[] => temporary.ledger.database.prepare<[], Row>(sql).all();

/** How many runs of neighbouring epochs have no checkpoint any more. */
async function stretchesGone(): Promise<number> {
  const taken = rows<{ epoch: number; sha256: string }>('SELECT epoch, sha256 FROM v1_checkpoints');
  const there = await Promise.all(taken.map(async ({ epoch, sha256 }) => ((await temporary.ledger.blobs.has(sha256)) ? epoch : 0)));
  const gone = Array.from({ length: epochs }, (_, i) => !there.includes(i + 1));
  return gone.filter((is, i) => is && !gone[i - 1]).length;
}

/** What is stored of a run, its beginning included. */
async function blobsOf(id: string): Promise<string[]> {
  const events = await temporary.ledger.log.read(`run/${id}`);
  const all = [...new Set(events.flatMap(({ blob }) => blob ?? []))];
  const there = await Promise.all(all.map((sha256) => temporary.ledger.blobs.has(sha256)));
  return all.filter((_, i) => there[i]);
}

describe('at every epoch', () => {
  test('accuracy by class is that of the recorded confusion, and no epoch is trained twice', async () => {
    const stretches = await stretchesGone();
    expect(stretches).toBeGreaterThan(0);
    expect(await measure({ epochs: 'every' })).toBe(stretches);
    const expected = rows<{ epoch: number; name: string; value: number }>(
      `SELECT epoch, true_name AS name, CAST(sum(iif(true_class = predicted_class, count, 0)) AS REAL) / sum(count) AS value
       FROM v1_confusion GROUP BY epoch, true_class HAVING sum(count) > 0 ORDER BY epoch, true_class`,
    );
    const measured = found().flatMap(({ epoch, values }) => [...values].map(([name, value]) => ({ epoch, name, value })));
    expect(measured).toEqual(expected);
    expect(new Set(measured.map(({ epoch }) => epoch)).size).toBe(epochs);
  });

  test('without augmentation the loss is the recorded one', async () => {
    await measure({ metrics: ['loss'], epochs: 'every', augment: { path: 'augment', value: [], place: '--augment []' } });
    const recorded = rows<{ epoch: number; loss: number; accuracy: number }>(
      'SELECT epoch, val_loss AS loss, val_accuracy AS accuracy FROM v1_epochs',
    );
    expect(found().map(({ epoch, values }) => ({ epoch, ...Object.fromEntries(values) }))).toEqual(recorded);
  });
});

test('the last epoch by default, from its checkpoint: nothing is trained', async () => {
  expect(await measure({ metrics: ['calibrationError', 'activationStatistics'] })).toBe(0);
  expect(found().map(({ metric, epoch, part, settings }) => ({ metric, epoch, part, settings }))).toEqual([
    { metric: 'activationStatistics', epoch: epochs, part: 'validation', settings: { samples: 512 } },
    { metric: 'calibrationError', epoch: epochs, part: 'validation', settings: { bins: 15 } },
  ]);
});

test('names of layers stand in the order of the network', async () => {
  await measure({ metrics: ['activationStatistics'] });
  const layers = new Set([...found()[0]!.values.keys()].map((name) => name.slice(0, name.lastIndexOf('/'))));
  expect([...layers]).toEqual(['conv2d.1', 'batchNorm2d.1', 'relu.1', 'maxPool2d.1', 'flatten.1', 'linear.1']);
});

test('what is known is not measured again: same metric, epoch, part and settings', async () => {
  await measure({ metrics: ['loss'] });
  const plan = (changes: Partial<MeasureRequest>) => planMeasuring(temporary.host, request({ metrics: ['loss'], ...changes }));
  const flips = (value: unknown) => ({ augment: { path: 'augment', value: value as never, place: '--augment' } });
  expect(await plan({})).toMatchObject({ missing: [], known: [{ metric: 'loss', epoch: epochs }] });
  expect(await plan(flips([{ horizontalFlip: 0.5 }]))).toMatchObject({ missing: [] });
  expect((await plan(flips([{ horizontalFlip: 0.4 }]))).missing).toHaveLength(1);
  expect((await plan({ part: 'test' })).missing).toHaveLength(1);
  expect((await plan({ epochs: 1 })).missing).toHaveLength(1);
  expect((await plan({ metrics: ['loss', 'perClassAccuracy'] })).missing).toMatchObject([{ tasks: [{ metric: 'perClassAccuracy' }] }]);
  expect((await plan({ epochs: 'every' })).missing.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
});

test('what was done before it was stopped is kept, and the rest is measured the next time', async () => {
  const stop = new AbortController();
  const onMeasured = ({ epoch }: Measurement) => epoch === 2 && stop.abort();
  await expect(measure({ epochs: 'every' }, { signal: stop.signal, onMeasured })).rejects.toMatchObject({ name: 'AbortError' });
  expect(found().map(({ epoch }) => epoch)).toEqual([1, 2]);
  await measure({ epochs: 'every' });
  expect(found().map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  const events = await temporary.ledger.log.read(`run/${runId}/after`);
  expect(events.map(({ type, data }) => [type, (data as { epoch: number }).epoch])).toEqual(
    [1, 2, 3, 4, 5, 6].map((epoch) => ['MetricMeasured', epoch]),
  );
});

test('a fork has its own epochs only, in the words of its own classes, also where its beginning is gone', async () => {
  const { host, ledger } = temporary;
  const options = { threads: 1, signal: never };
  const plan = await planFork(host, { parentId: runId, epoch: 3, settings: [], name: null, tags: [] });
  const fork = await recordAttempt(host, await queueFork(host, plan, dataset, options), dataset, options);
  for (const sha256 of await blobsOf(fork.runId)) await ledger.blobs.remove(sha256);
  await measure({ runId: fork.runId, epochs: 'every' });
  const measured = measurementQueries(ledger.database).of(fork.runId);
  expect(measured.map(({ epoch }) => epoch)).toEqual([4, 5, 6]);
  await measure({ epochs: 'every' });
  // Nothing was set otherwise, so the fork is the parent, and the parent's classes stand in the same order.
  const ofParent = found().filter(({ epoch }) => epoch > 3);
  expect(measured.map(({ values }) => [...values])).toEqual(ofParent.map(({ values }) => [...values]));
});

test('other images, an epoch that there is not, and a policy that is none are refused', async () => {
  const { host } = temporary;
  const plan = await planMeasuring(host, request());
  await expect(measureMissing(host, plan, tinyDataSet('other'), { threads: 1, signal: never })).rejects.toMatchObject({
    code: 'run.dataset',
  });
  await expect(planMeasuring(host, request({ epochs: 7 }))).rejects.toMatchObject({ code: 'run.epoch', help: 'it has epochs 1 to 6' });
  const augment = { path: 'augment', value: ['horizontalFlop'], place: '--augment [horizontalFlop]' };
  await expect(planMeasuring(host, request({ metrics: ['loss'], augment }))).rejects.toMatchObject({
    code: 'usage',
    place: '--augment [horizontalFlop]',
    help: expect.stringContaining('horizontalFlip'),
  });
  expect(found()).toEqual([]);
});
