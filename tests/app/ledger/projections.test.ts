// Given these events, the views show this: one run through its whole life, diverging runs, tags, sweeps, attempts.
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryLog } from '../../../app/ledger/memory/log.ts';
import { memoryReadModels } from '../../../app/ledger/memory/readModels.ts';
import type { Log, NewEvent, ReadModels } from '../../../app/ledger/ports.ts';
import { bucketPoints } from '../../../app/ledger/projections/steps.ts';
import { configurationId, type Fact } from '../../../trainer/index.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { asEvents, generator, record, syntheticFacts, syntheticRecipe } from './synthetic.ts';

const run = streamOf('run', 1);
const plan = { epochs: 3, train: 6400 };

let log: Log;
let readModels: ReadModels;
let event: ReturnType<typeof eventSource>;

beforeEach(() => {
  log = memoryLog();
  readModels = memoryReadModels(log);
  event = eventSource();
});

const given = async (stream: string, ...events: NewEvent[]) => record(log, stream, (await log.head(stream)).version, events);
const runRow = async () => (await readModels.rows('v1_runs'))[0]!;
const queued = (more: object = {}) =>
  event('RunQueued', { data: { recipe: syntheticRecipe(plan) as never, name: 'first', tags: ['b', 'a'], sweep: null, ...more } });

describe('a run', () => {
  test('is queued with its recipe, and nothing is known of its results', async () => {
    await given(run, queued());
    expect(await runRow()).toMatchObject({
      run_id: uuidOf(1),
      name: 'first',
      status: 'queued',
      tags: 'a,b',
      dataset: 'cifar10',
      seed: 1,
      batch_norm: 1,
      optimizer: 'adam',
      lr: 0.001,
      schedule: 'stepLR',
      augment: 'horizontalFlip,randomCrop',
      dropout: 0.5,
      epochs: 3,
      epochs_done: 0,
      config_id: null,
      val_loss: null,
      val_loss_state: null,
    });
  });

  test('goes through its epochs to its end', async () => {
    const facts = [...syntheticFacts(plan)];
    await given(run, queued(), ...asEvents(facts, event));
    const epochs = facts.filter((fact) => fact.type === 'EpochMeasured');
    const end = facts.at(-1)!;
    if (end.type !== 'RunCompleted') throw new Error('it should have completed');
    expect(await runRow()).toMatchObject({
      status: 'completed',
      attempt: 1,
      epochs_done: 3,
      steps_done: 300,
      steps_per_epoch: 100,
      numerics: 1,
      backend: 'wasm-256',
      threads: 2,
      seconds: 15,
      val_accuracy: end.data.final.validation.accuracy,
      val_accuracy_state: 'finite',
      best_epoch: end.data.best.epoch,
      best_test_loss: end.data.best.test.loss,
      fingerprint: end.data.fingerprint,
      config_id: configurationId(syntheticRecipe(plan), (facts[0]!.data as { datasetFingerprint: string }).datasetFingerprint),
    });
    expect(await readModels.rows('v1_epochs')).toMatchObject(
      epochs.map(({ data }) => ({ epoch: data.epoch, train_loss: data.train.loss, val_batch_loss: data.validationBatchStatistics!.loss })),
    );
    const confusion = await readModels.rows('v1_confusion');
    expect(confusion).toHaveLength(300);
    expect(confusion[12]).toEqual({
      run_id: uuidOf(1),
      epoch: 1,
      true_class: 1,
      predicted_class: 2,
      true_name: 'automobile',
      predicted_name: 'bird',
      count: epochs[0]!.data.confusion[1]![2],
    });
    expect((await readModels.rows('v1_layer_gradients')).filter(({ epoch }) => epoch === 2)).toMatchObject(
      Object.entries(epochs[1]!.data.layerGradientNorms)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([layer, norm]) => ({ layer, gradient_norm: norm })),
    );
  });

  test('within an epoch its steps go on', async () => {
    const facts = [...syntheticFacts({ ...plan, endsAfter: 1 })];
    const more = [...syntheticFacts(plan)].filter((fact) => fact.type === 'StepsMeasured' && fact.data.epoch === 2);
    await given(run, ...asEvents([...facts, more[0]!, more[1]!], event));
    expect(await runRow()).toMatchObject({ epochs_done: 1, steps_done: 150 });
  });

  test('has twenty points an epoch, each the mean of what it covers', async () => {
    const facts = [...syntheticFacts(plan)];
    await given(run, ...asEvents(facts, event));
    const points = (await readModels.rows('v1_steps')).filter(({ epoch }) => epoch === 1);
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, n) => 5 * (n + 1)));
    const first = facts.find((fact) => fact.type === 'StepsMeasured')!;
    if (first.type !== 'StepsMeasured') throw new Error('no steps');
    const { offset } = first.data.arrays.lossMean!;
    const mean = first.arrays.slice(offset, offset + 5).reduce((sum, loss) => sum + loss, 0) / 5;
    expect(points[0]!.loss_mean).toBe(Number(mean.toPrecision(5)));
  });

  test('shows the statistics of its batch-norm layers to the last bit', async () => {
    const facts = [...syntheticFacts(plan)];
    await given(run, ...asEvents(facts, event));
    const rows = await readModels.rows('v1_batch_norm');
    expect(rows).toHaveLength(3 * 48);
    const [measured] = facts.filter((fact) => fact.type === 'BatchNormMeasured');
    for (const [statistic, column] of Object.entries({
      runningMean: 'running_mean',
      runningVariance: 'running_variance',
      batchMean: 'batch_mean',
      batchVariance: 'batch_variance',
    })) {
      const { offset } = measured!.data.arrays[`batchNorm2d.2/${statistic}`]!;
      const shown = rows.filter(({ epoch, layer }) => epoch === 1 && layer === 'batchNorm2d.2').map((row) => row[column]);
      expect(shown).toEqual([...measured!.arrays.slice(offset, offset + 32)]);
    }
  });

  test('adds up the seconds of its epochs until its end says them itself, and keeps the loss of its best epoch', async () => {
    const facts = [...syntheticFacts({ ...plan, endsAfter: 2 })];
    await given(run, queued(), ...asEvents(facts, event));
    const epochs = facts.filter((fact) => fact.type === 'EpochMeasured');
    const best = epochs.find(({ data }) => data.epoch === epochs.at(-1)!.data.best.epoch)!;
    expect(await runRow()).toMatchObject({
      status: 'interrupted',
      seconds: epochs[0]!.measured.seconds + epochs[1]!.measured.seconds,
      best_val_loss: best.data.validation.loss,
    });
  });

  test('shows the largest of several dropouts', async () => {
    const recipe = syntheticRecipe(plan);
    const network = [{ kind: 'dropout', name: 'light', p: 0.25 }, ...recipe.network];
    await given(run, queued({ recipe: { ...recipe, network } }));
    expect(await runRow()).toMatchObject({ dropout: 0.5 });
  });

  test('sees batch normalization and dropout within residual blocks', async () => {
    const recipe = syntheticRecipe({ ...plan, batchNorm: false });
    const body = [
      { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 },
      { kind: 'residual', name: 'residual.1', body: [{ kind: 'dropout', name: 'dropout.1', p: 0.75 }] },
    ];
    await given(run, queued({ recipe: { ...recipe, network: [{ kind: 'residual', name: 'residual.1', body }, ...recipe.network] } }));
    expect(await runRow()).toMatchObject({ dropout: 0.75, batch_norm: 1 });
  });

  test('tells every change of its rate', async () => {
    await given(run, ...asEvents(syntheticFacts({ ...plan, epochs: 6 }), event));
    expect(await readModels.rows('v1_learning_rates')).toMatchObject([
      { epoch: 1, step: 1, from_rate: null, from_rate_state: null, to_rate: 0.001, why: 'start' },
      { epoch: 6, step: 501, from_rate: 0.001, to_rate: 0.0001, schedule: 'stepLR' },
    ]);
  });

  test('that diverges keeps its NaN and infinities', async () => {
    await given(run, ...asEvents(syntheticFacts({ ...plan, divergesAt: 2 }), event));
    expect(await runRow()).toMatchObject({
      status: 'failed',
      error_code: 'train.diverged',
      val_loss: null,
      val_loss_state: 'nan',
      best_val_loss_state: 'finite',
    });
    expect(await readModels.rows('v1_epochs')).toMatchObject([
      { train_loss_state: 'finite', gradient_norm_state: 'finite' },
      { train_loss: null, train_loss_state: 'nan', gradient_norm: Number.POSITIVE_INFINITY, gradient_norm_state: 'inf' },
      { train_loss_state: 'nan', val_batch_loss_state: 'nan' },
    ]);
    const steps = (await readModels.rows('v1_steps')).filter(({ epoch }) => epoch === 2);
    expect(steps.every((row) => row.loss_mean === null && row.loss_mean_state === 'nan' && row.accuracy_state === 'finite')).toBe(true);
  });

  test('without batch normalization says so, and has no statistics', async () => {
    await given(run, ...asEvents(syntheticFacts({ ...plan, batchNorm: false }), event));
    expect(await runRow()).toMatchObject({ batch_norm: 0 });
    expect(await readModels.rows('v1_batch_norm')).toEqual([]);
    expect((await readModels.rows('v1_epochs'))[0]).toMatchObject({ val_batch_loss: null, val_batch_loss_state: null });
  });

  test('is renamed, tagged and archived by notes that have a stream of their own', async () => {
    await given(run, queued());
    await given(
      `${run}/notes`,
      event('RunNamed', { data: { name: 'second' } }),
      event('RunTagged', { data: { add: ['c', 'a'], remove: ['b'] } }),
      event('RunNoted', { data: { text: 'NaN' } }),
      event('RunArchived', { data: { archived: true } }),
    );
    expect(await runRow()).toMatchObject({ name: 'second', tags: 'a,c', archived: 1, status: 'queued' });
  });

  test('stopped, interrupted and resumed', async () => {
    const [started] = syntheticFacts(plan);
    const at = { epoch: 1, step: 50 };
    await given(
      run,
      ...asEvents([started!], event),
      event('RunStopped', { data: { ...at, by: 'user', why: 'Ctrl-C' }, measured: { seconds: 9.5 } }),
    );
    expect(await runRow()).toMatchObject({ status: 'stopped', steps_done: 50, seconds: 9.5 });
    await given(run, event('RunResumed', { data: { attempt: 2, checkpoint: null, ...at } }));
    expect(await runRow()).toMatchObject({ attempt: 2, ended_at: null });
    await given(run, event('RunInterrupted', { data: { why: 'lease', lastBeat: null } }));
    expect(await runRow()).toMatchObject({ status: 'interrupted' });
  });

  test('its recipe is spread out: leaves, layers, augmentations, schedule', async () => {
    await given(run, ...asEvents(syntheticFacts(plan), event));
    const params = Object.fromEntries((await readModels.rows('v1_params')).map(({ path, value }) => [path, value]));
    expect(params).toMatchObject({ 'optimizer.lr': 0.001, batch: 64, 'network[0].kind': 'conv2d', 'augment[1].padding': 4 });
    expect((await readModels.rows('v1_layers'))[0]).toMatchObject({
      ordinal: 1,
      layer: 'conv2d.1',
      kind: 'conv2d',
      in_channels: 3,
      in_height: 32,
      out_channels: 16,
      out_width: 32,
      parameters: 448,
    });
    expect(await readModels.rows('v1_augmentations')).toMatchObject([
      { ordinal: 1, operator: 'horizontalFlip', settings: '{"p":0.5}' },
      { ordinal: 2, operator: 'randomCrop', settings: '{"padding":4}' },
    ]);
    expect(await readModels.rows('v1_schedules')).toMatchObject([{ type: 'stepLR', settings: '{"gamma":0.1,"stepSize":5}' }]);
  });

  test('as of an earlier event is the row whose time it was', async () => {
    const facts = [...syntheticFacts(plan)];
    await given(run, ...asEvents(facts, event));
    const before = memoryReadModels(shortened(log, 12));
    const [then] = await before.rows('v1_runs');
    expect(then!.epochs_done).toBe(1);
    expect(then!.position).toBeLessThanOrEqual(12);
  });

  test('facts without a start, and events of unknown kinds, break nothing', async () => {
    const steps = [...syntheticFacts(plan)].filter(({ type }) => type === 'StepsMeasured' || type === 'BatchNormMeasured');
    await given(run, ...asEvents(steps, event));
    await given('something/else', event('RunStopped', { data: { epoch: 1, step: 1, by: 'x', why: 'y' } }));
    expect(await readModels.rows('v1_runs')).toEqual([]);
    expect(await readModels.rows('v1_steps')).toEqual([]);
  });
});

test('a sweep, its trials with the status of their runs, and an ablation over it', async () => {
  const sweep = streamOf('sweep', 5);
  const factors = [{ path: 'network.simpleCnn.batchNorm', values: [true, false] }];
  await given(
    sweep,
    event('SweepDeclared', { data: { name: 'bn', kind: 'ablation', recipe: {}, factors, seeds: [1, 2], metric: 'validationAccuracy' } }),
  );
  const trial = (n: number) => ({ trial: n, run: uuidOf(n), assignment: { 'network.simpleCnn.batchNorm': true }, seed: n, reused: false });
  await given(sweep, event('TrialProposed', { data: trial(1) }), event('TrialProposed', { data: trial(2) }));
  await given(run, queued({ sweep: { id: uuidOf(5), trial: 1 } }));
  await given(
    streamOf('ablation', 6),
    event('AblationDeclared', { data: { name: 'bn', sweep: uuidOf(5), factors, seeds: [1, 2], metric: 'validationAccuracy' } }),
  );
  expect(await readModels.rows('v1_sweeps')).toMatchObject([{ status: 'running', trials: 2, factors: JSON.stringify(factors) }]);
  expect(await readModels.rows('v1_trials')).toMatchObject([
    { trial: 1, status: 'queued', assignment: '{"network.simpleCnn.batchNorm":true}' },
    { trial: 2, status: 'proposed' },
  ]);
  expect(await readModels.rows('v1_ablations')).toMatchObject([{ ablation_id: uuidOf(6), sweep_id: uuidOf(5), seeds: '[1,2]' }]);
  expect(await runRow()).toMatchObject({ sweep_id: uuidOf(5), trial: 1 });
  await given(sweep, event('SweepStopped', { data: { by: 'user', why: 'Ctrl-C' } }));
  expect(await readModels.rows('v1_sweeps')).toMatchObject([{ status: 'stopped' }]);
  await given(sweep, event('TrialProposed', { data: trial(3) }), event('SweepCompleted', { data: { completed: 3, failed: 0 } }));
  expect(await readModels.rows('v1_sweeps')).toMatchObject([{ status: 'completed', trials: 3 }]);
});

test('a sweep that was stopped runs again once it proposes another trial, until its end', async () => {
  const sweep = streamOf('sweep', 1);
  const declared = { name: 'lr', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' };
  const proposed = (trial: number) =>
    event('TrialProposed', { data: { trial, run: uuidOf(trial), assignment: {}, seed: 1, reused: false } });
  const status = async () => (await readModels.rows('v1_sweeps'))[0]!.status;
  await given(sweep, event('SweepDeclared', { data: declared }), proposed(1));
  expect(await status()).toBe('running');
  await given(sweep, event('SweepStopped', { data: { by: 'signal', why: 'asked to' } }));
  expect(await status()).toBe('stopped');
  await given(sweep, proposed(2));
  expect(await status()).toBe('running');
  await given(sweep, event('SweepCompleted', { data: { completed: 2, failed: 0 } }));
  expect(await status()).toBe('completed');
});

test('a Float32 of any kind is decoded by the view: subnormal, zero, negative, infinite, NaN', async () => {
  const random = generator(3);
  const values = Float32Array.from({ length: 40 }, () => (random() - 0.5) * 10 ** (80 * random() - 40));
  values.set([0, -0, 1e-45, -1e-39, 3.4028234663852886e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
  const [started] = syntheticFacts(plan);
  const shape = [10];
  const place = (offset: number) => ({ offset, shape });
  const data = {
    epoch: 1,
    arrays: { 'n/runningMean': place(0), 'n/runningVariance': place(10), 'n/batchMean': place(20), 'n/batchVariance': place(30) },
  };
  await given(run, ...asEvents([started!, { type: 'BatchNormMeasured', data, measured: {}, arrays: values }], event));
  const rows = await readModels.rows('v1_batch_norm');
  const shown = (column: string) => rows.map((row) => row[column] ?? Number.NaN);
  expect([...shown('running_mean'), ...shown('running_variance'), ...shown('batch_mean'), ...shown('batch_variance')]).toEqual([...values]);
  expect(rows.slice(4, 9).map((row) => row.running_mean_state)).toEqual(['finite', 'inf', '-inf', 'nan', 'finite']);
});

test('values that no trainer says, and that the catalogue allows, break no reducer', async () => {
  const [started] = [...syntheticFacts(plan)] as [Fact & { type: 'RunStarted' }];
  const network = [
    { kind: 'dropout', name: 'odd', p: { toString: null } },
    { kind: 'residual', name: 'block', layers: [7, null, { kind: 'relu', name: 'inner' }] },
    { kind: 'residual', name: 'none', layers: 'text' },
  ];
  const data = { ...started.data, recipe: { ...started.data.recipe, network } };
  const index = { 'n/runningMean': { offset: 0, shape: [2 ** 40] }, 'm/batchMean': { offset: 0, shape: [1] } };
  await given(
    run,
    event('RunStarted', { data: data as never, measured: { threads: 1.5, backend: 7 } }),
    event('BatchNormMeasured', { data: { epoch: 1, arrays: index }, arrays: new Uint8Array(7) }),
    event('StepsMeasured', {
      data: { epoch: 1, firstStep: 9, lastStep: 3, steps: [4, 5], arrays: { lossMean: { offset: 0, shape: [2] } } },
    }),
  );
  expect(await readModels.rows('v1_runs')).toMatchObject([{ dropout: 0, threads: null, backend: null }]);
  expect(await readModels.rows('v1_batch_norm')).toEqual([]);
});

/** The log as it was when only `events` had happened. */
function shortened(whole: Log, events: number): Log {
  return {
    ...whole,
    async readAll({ after = '0', limit = 1000 } = {}) {
      const page = await whole.readAll({ after, limit });
      const kept = page.events.filter(({ position }) => position <= events);
      return { events: kept, checkpoint: String(kept.at(-1)?.position ?? after) };
    },
  };
}

test('a point of v1_steps weighs the recorded points by the steps they cover, and keeps extremes and the last rate', () => {
  const names = ['lossMean', 'lossMin', 'lossMax', 'accuracy', 'learningRate', 'gradientNorm'];
  const index = Object.fromEntries(names.map((name, at) => [name, { offset: 2 * at, shape: [2] }]));
  const arrays = new Uint8Array(Float32Array.of(1, 3, 0.5, 2, 4, 8, 0.25, 0.75, 0.5, 0.125, 16, 32).buffer);
  const data = { epoch: 1, firstStep: 1, lastStep: 4, steps: [1, 4], arrays: index };
  const stored = { ...event('StepsMeasured', { data, arrays }), position: 1, stream: run, version: 1, hash: '' };
  expect(bucketPoints(data, stored, 80)).toEqual([[4, 2.5, 0.5, 8, 0.625, 0.125, 28]]);
  expect(bucketPoints(data, stored, 40)).toEqual([
    [1, 1, 0.5, 4, 0.25, 0.5, 16],
    [4, 3, 2, 8, 0.75, 0.125, 32],
  ]);
});
