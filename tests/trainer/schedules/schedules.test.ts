import { expect, test } from 'vitest';
import { learningRate, scheduleRule } from '../../../trainer/index.ts';

test('constant', () => {
  expect([1, 2, 100].map((epoch) => learningRate({ type: 'constant' }, 0.3, epoch))).toEqual([0.3, 0.3, 0.3]);
});

test('stepLR multiplies by gamma after every stepSize epochs', () => {
  const schedule = { type: 'stepLR', stepSize: 2, gamma: 0.5 } as const;
  expect([1, 2, 3, 4, 5, 6, 7].map((epoch) => learningRate(schedule, 0.8, epoch))).toEqual([0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]);
});

test('stepLR over many epochs keeps to the closed form of PyTorch', () => {
  const schedule = { type: 'stepLR', stepSize: 5, gamma: 0.1 } as const;
  // torch.optim.lr_scheduler.StepLR(Adam(lr=0.001), 5, 0.1), epochs 1, 6, 11 and 26.
  const expected = [1e-3, 1e-4, 1e-5, 1e-8];
  for (const [i, epoch] of [1, 6, 11, 26].entries()) {
    const rate = learningRate(schedule, 0.001, epoch);
    expect(Math.abs(rate / expected[i]! - 1)).toBeLessThan(1e-15);
  }
});

test('a rule in words', () => {
  expect(scheduleRule({ type: 'stepLR', stepSize: 5, gamma: 0.1 })).toBe('times 0.1 every 5 epochs');
  expect(scheduleRule({ type: 'stepLR', stepSize: 1, gamma: 0.5 })).toBe('times 0.5 every epoch');
});
