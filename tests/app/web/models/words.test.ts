// The words of events and recipes, and the names and colours of groups.
import { expect, test } from 'vitest';
import { eventWords } from '../../../../app/web/models/eventWords.ts';
import { commonName, groupRuns } from '../../../../app/web/models/groups.ts';
import { flatRecipe, layerWords, phrase } from '../../../../app/web/models/recipeWords.ts';
import type { RunRow } from '../../../../app/web/queries/runs.ts';

const run = (fields: Partial<RunRow>): RunRow =>
  ({ id: 'x', name: 'run', configId: 'c', seed: 1, batchNorm: true, parentRunId: null, recipe: {}, ...fields }) as RunRow;

test('events say what matters of them, NaN included', () => {
  const metrics = { loss: 'NaN', accuracy: 0.1 };
  expect(eventWords({ type: 'EpochMeasured', data: { epoch: 3, train: metrics, validation: metrics }, measured: { seconds: 7.4 } })).toBe(
    '3: train NaN / 10.0 %, val NaN / 10.0 %, 7.4 s',
  );
  expect(eventWords({ type: 'LearningRateChanged', data: { from: null, to: 0.001, why: 'initial rate' }, measured: {} })).toBe(
    '0.001, initial rate',
  );
  expect(
    eventWords({
      type: 'CheckpointTaken',
      data: { reason: 'best', epoch: 3, step: 2346, bytes: 2_531_000, sha256: 'abcdef0123' },
      measured: {},
    }),
  ).toBe('best, epoch 3, step 2,346, 2.5 MB, sha256 abcd ef01');
  const failed = (message: string) => eventWords({ type: 'RunFailed', data: { message, epoch: 1, step: 1200 }, measured: {} });
  expect(failed('loss became NaN at step 2 (epoch 1)')).toBe('loss became NaN at step 2 (epoch 1)');
  const ended = { epochs: 12, best: { epoch: 7, validation: metrics }, final: { validation: metrics } };
  expect(eventWords({ type: 'RunCompleted', data: { ...ended, early: { rule: 'patience', why: 'the reason' } }, measured: {} })).toBe(
    'best val acc 10.0 % at epoch 7, last 10.0 %; ended after epoch 12: the reason',
  );
  expect(failed('the disk is full')).toBe('the disk is full (epoch 1, step 1,200)');
  expect(eventWords({ type: 'RunInterrupted', data: { why: 'lease', lastBeat: '2026-03-14T12:00:00.000Z' }, measured: {} })).toMatch(
    /^its process was gone, last sign of life \d+ Mar 2026, /,
  );
  expect(eventWords({ type: 'SomethingNew', data: { first: 1, second: 2 }, measured: {} })).toBe('first, second');
});

test('recipes read by type and setting, layers by what they change', () => {
  expect(phrase({ type: 'adam', lr: 0.001, beta1: 0.9 })).toBe('adam · lr 0.001 · beta1 0.9');
  expect(phrase([])).toBe('none');
  expect(layerWords({ kind: 'conv2d', kernel: 3, stride: 2, padding: 1 }, { input: 3, output: 16 })).toBe(
    '3 → 16, 3×3, padding 1, stride 2',
  );
  const flat = flatRecipe({ network: [{ kind: 'relu', name: 'relu.1' }], optimizer: { type: 'sgd', lr: 0.1 }, seed: 3 });
  expect([...flat]).toEqual([
    ['network. relu.1', 'relu'],
    ['optimizer. type', 'sgd'],
    ['optimizer. lr', '0.1'],
    ['seed', '3'],
  ]);
});

test('layers within residual blocks read under their full names, the block without them', () => {
  const network = [{ kind: 'residual', name: 'residual.1', body: [{ kind: 'dropout', name: 'dropout.1', p: 0.5 }] }];
  expect([...flatRecipe({ network })]).toEqual([
    ['network. residual.1/dropout.1', 'dropout · p 0.5'],
    ['network. residual.1', 'residual'],
  ]);
  expect(layerWords({ kind: 'residual', name: 'residual.1' }, { input: 4, output: 4 })).toBe('body + input');
});

test('a group is called what its runs share, without the seed', () => {
  expect(commonName([run({ name: 'cnn · bn on · seed 1' }), run({ name: 'cnn · bn on · seed 2' })])).toBe('cnn · bn on');
  expect(commonName([run({ name: 'resnet-18' }), run({ name: 'resnet-18' })])).toBe('resnet-18');
  expect(commonName([run({ name: 'networks' }), run({ name: 'networks' })])).toBe('networks');
  expect(commonName([run({ name: 'one', configId: '0123456789' }), run({ name: 'two' })])).toBe('configuration 01234567');
});

test('with batch normalization is colour 1 and without 2, whichever is the baseline', () => {
  const runs = [run({ id: 'a', configId: '1', batchNorm: false }), run({ id: 'b', configId: '2' })];
  expect(groupRuns(runs).map(({ category }) => category)).toEqual([2, 1]);
  expect(groupRuns(runs, { baseline: 'b' }).map(({ runs: [first], category }) => [first!.id, category])).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
});

test('forks begin at colour 3, so that their parents have 1 and 2', () => {
  const runs = [
    run({ id: 'a', configId: '1', parentRunId: 'b' }),
    run({ id: 'b', configId: '2' }),
    run({ id: 'c', configId: '3', parentRunId: 'b' }),
    run({ id: 'd', configId: '4', batchNorm: false }),
  ];
  expect(groupRuns(runs).map(({ category }) => category)).toEqual([3, 1, 4, 2]);
  expect(groupRuns(runs.slice(0, 2), { baseline: 'b' }).map(({ category }) => category)).toEqual([1, 3]);
});

test('labels say what sets groups apart', () => {
  const recipe = (lr: number) => ({ optimizer: { type: 'sgd', lr } });
  expect(
    groupRuns([run({ id: 'a', configId: '1', recipe: recipe(0.1) }), run({ id: 'b', configId: '2', recipe: recipe(0.01) })]).map(
      ({ label }) => label,
    ),
  ).toEqual(['lr 0.1', 'lr 0.01']);
});

test('schedules read with their warm-up, and sequences with their parts', () => {
  const warmup = { epochs: 3, startFactor: 0.1 };
  expect(phrase({ type: 'cosineAnnealingLR', tMax: 30, warmup, per: 'step' })).toBe(
    'cosineAnnealingLR · tMax 30 · warmup (epochs 3 · startFactor 0.1) · per step',
  );
  expect(phrase({ type: 'sequence', schedules: [{ type: 'constant' }, { type: 'stepLR', stepSize: 5 }], milestones: [4] })).toBe(
    'sequence · schedules (constant, stepLR · stepSize 5) · milestones 4',
  );
});
