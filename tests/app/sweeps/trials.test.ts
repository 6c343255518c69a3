import { expect, test } from 'vitest';
import { enumerateTrials, trialName } from '../../../app/sweeps/trials.ts';

test('pairs stand side by side: seeds outside, the first factor slowest inside', () => {
  const plans = enumerateTrials(
    [
      { path: 'network.simpleCnn.batchNorm', values: [true, false] },
      { path: 'optimizer.lr', values: [0.1, 0.01] },
    ],
    [7, 3],
  );
  expect(plans.map(({ trial, seed, assignment }) => [trial, seed, ...Object.values(assignment)])).toEqual([
    [1, 7, true, 0.1],
    [2, 7, true, 0.01],
    [3, 7, false, 0.1],
    [4, 7, false, 0.01],
    [5, 3, true, 0.1],
    [6, 3, true, 0.01],
    [7, 3, false, 0.1],
    [8, 3, false, 0.01],
  ]);
});

test('without factors each seed is a trial', () => {
  expect(enumerateTrials([], [1, 2])).toEqual([
    { trial: 1, seed: 1, assignment: {} },
    { trial: 2, seed: 2, assignment: {} },
  ]);
});

test('a name says what was set and the seed', () => {
  const plan = { trial: 2, seed: 1, assignment: { 'network.simpleCnn.batchNorm': false, 'optimizer.lr': 0.01, augment: [] } };
  expect(trialName('mnist-simple-cnn', plan)).toBe('mnist-simple-cnn · batchNorm off · lr 0.01 · augment none · seed 1');
});
