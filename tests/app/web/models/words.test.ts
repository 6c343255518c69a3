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
  const epoch = { epoch: 3, train: metrics, validation: metrics, validationAveraged: { loss: 0.5, accuracy: 0.2 } };
  expect(eventWords({ type: 'EpochMeasured', data: epoch, measured: { seconds: 7.4 } })).toBe(
    '3: train NaN / 10.0 %, val NaN / 10.0 %, averaged weights 0.500 / 20.0 %, 7.4 s',
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
  const groups = [
    { match: 'batchNorm2d.*', weightDecay: 0 },
    { match: 'linear.*', lr: 0.1 },
  ];
  expect(phrase({ type: 'muon', adamW: { lr: 0.001, eps: 1e-8 }, groups })).toBe(
    'muon · adamW (lr 0.001 · eps 1e-8) · groups (match batchNorm2d.* · weightDecay 0, match linear.* · lr 0.1)',
  );
  expect(phrase({ norm: 1 })).toBe('norm 1');
  expect(layerWords({ kind: 'conv2d', kernel: 3, stride: 2, padding: 1 }, { input: 3, output: 16 })).toBe(
    '3 → 16, 3×3, padding 1, stride 2',
  );
  const channels = { input: 4, output: 4 };
  expect(layerWords({ kind: 'maxPool2d', kernel: 2, stride: 2 }, channels)).toBe('2');
  expect(layerWords({ kind: 'maxPool2d', kernel: [3, 2], stride: 2, padding: [1, 0], dilation: 2, ceilMode: true }, channels)).toBe(
    '3×2, stride 2, padding 1×0, dilation 2, windows cut by the edge count',
  );
  expect(layerWords({ kind: 'avgPool2d', kernel: 3, stride: 3, padding: 1, countIncludePad: false }, channels)).toBe(
    '3, padding 1, padding does not count',
  );
  expect(layerWords({ kind: 'adaptiveAvgPool2d', outputSize: [3, 4] }, channels)).toBe('to 3×4');
  expect(layerWords({ kind: 'batchNorm2d', name: 'n', eps: 1e-5, momentum: null, affine: false }, channels)).toBe(
    'eps 0.00001, momentum none, affine false',
  );
  const conv = (more: object) => layerWords({ kind: 'conv2d', kernel: 3, stride: 1, padding: 1, ...more }, { input: 4, output: 8 });
  expect(conv({ kernel: [3, 5], padding: [1, 2], stride: [1, 2], dilation: 2 })).toBe('4 → 8, 3×5, padding 1×2, stride 1×2, dilation 2');
  expect(conv({ groups: 2, paddingMode: 'reflect', init: { type: 'orthogonal', gain: 1 } })).toBe(
    '4 → 8, 3×3, padding 1 mirrored, 2 groups, init orthogonal · gain 1',
  );
  expect(conv({ depthwise: { multiplier: 1 }, padding: 'same' })).toBe('4 → 8, 3×3, padding same, depthwise');
  expect(conv({ depthwise: { multiplier: 2 } })).toBe('4 → 8, 3×3, padding 1, depthwise × 2');
  expect(layerWords({ kind: 'linear', out: 8, init: { type: 'zeros' } }, { input: 2000, output: 8 })).toBe('2,000 → 8, init zeros');
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

test('layers of shortcuts and branches read under the names of their lists', () => {
  const relu = { kind: 'relu', name: 'relu.1' };
  const network = [
    { kind: 'residual', name: 'residual.1', body: [relu], shortcut: [relu] },
    { kind: 'concatenation', name: 'concatenation.1', branches: [[], [relu], 'text'] },
    { kind: 'scale', name: 'scale.1', body: [relu] },
  ];
  expect([...flatRecipe({ network }).keys()]).toEqual([
    'network. residual.1/relu.1',
    'network. residual.1/shortcut/relu.1',
    'network. residual.1',
    'network. concatenation.1/branch.2/relu.1',
    'network. concatenation.1',
    'network. scale.1/relu.1',
    'network. scale.1',
  ]);
  expect(layerWords({ kind: 'residual' }, { input: 4, output: 4, shortcut: true })).toBe('body + shortcut');
  expect(layerWords({ kind: 'concatenation' }, { input: 4, output: 12 })).toBe('branches side by side, 12 channels');
  expect(layerWords({ kind: 'scale' }, { input: 4, output: 4 })).toBe('input × body, one number a channel');
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
