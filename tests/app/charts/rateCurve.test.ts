// Lines of learning rates: in steps where rates hold, through what was measured where they move, leaps where a phase begins.
import { describe, expect, test } from 'vitest';
import { type RateRecord, rateCurve, rateLabel, rateScale } from '../../../app/charts/rateCurve.ts';
import { learningRateChart } from '../../../app/charts/runCurves.ts';

const change = (step: number, from: number | null, to: number) => ({
  epoch: Math.ceil(step / 10),
  step,
  from,
  to,
  schedule: 'stepLR',
  why: 'a reason',
});
const nothing = { valLoss: null, valBatchLoss: null, valBatchAccuracy: null, trainAccuracy: null, gradientNorm: null, seconds: null };
const epoch = (number: number, learningRate: number) => ({ ...nothing, epoch: number, valAccuracy: 0.5, trainLoss: 1, learningRate });
const step = (at: number, learningRate: number) => ({ at, loss: 1, accuracy: 0.5, learningRate: Math.fround(learningRate) });
const record = (changes: RateRecord['changes'], points: RateRecord['points'], steps: RateRecord['steps'] = []): RateRecord => ({
  changes,
  points,
  steps,
  stepsPerEpoch: 10,
});

describe('a rate that holds', () => {
  const held = record([change(1, null, 0.1), change(11, 0.1, 0.01)], [epoch(1, 0.1), epoch(2, 0.01)], [step(0.5, 0.1), step(1.5, 0.01)]);

  test('is drawn in steps from its changes alone, on a logarithmic scale where they are far apart', () => {
    const curve = rateCurve(held);
    expect(curve).toEqual({
      points: [
        [0, 0.1],
        [1, 0.01],
        [2, 0.01],
      ],
      stepped: true,
      newest: 0.01,
    });
    expect(rateScale([curve])).toEqual({ scale: 'log' });
  });

  test('and comes to 0 is drawn from 0', () => {
    expect(rateScale([rateCurve(record([change(1, null, 0.1), change(11, 0.1, 0)], [epoch(2, 0)]))])).toEqual({
      scale: 'linear',
      range: [0, 0.1],
    });
  });
});

describe('a rate that moves from step to step', () => {
  const moving = record(
    [change(1, null, 0.01), change(6, 0.09, 0.2)],
    [epoch(1, 0.15), epoch(2, 0.05)],
    [step(0.3, 0.06), step(1, 0.15), step(1.5, 0.1), step(2, 0.05)],
  );

  test('is a line through steps and epochs, with a leap where a phase begins', () => {
    const { points, stepped, newest } = rateCurve(moving);
    expect(points).toEqual([
      [0, 0.01],
      [0.3, Math.fround(0.06)],
      [0.5, 0.09],
      [0.5, 0.2],
      [1, Math.fround(0.15)],
      [1, 0.15],
      [1.5, Math.fround(0.1)],
      [2, Math.fround(0.05)],
      [2, 0.05],
    ]);
    expect([stepped, newest]).toEqual([false, 0.05]);
  });

  test('says so in words, and its scale is linear', () => {
    const { changes, ...course } = moving;
    const chart = learningRateChart({ ...course, points: [...course.points], steps: [...course.steps], epochs: 2, bestEpoch: 1 }, changes);
    expect(chart.finding).toBe('Learning rate by epoch: from 0.01 to 0.05, from step to step in 2 phases');
    expect(chart.unit).toBe('');
    expect(chart.caption).toContain('Numbers refer to the reasons below');
  });

  test('is seen from epochs alone where there are many', () => {
    expect(rateCurve({ ...moving, steps: [] }).points).toEqual([
      [0, 0.01],
      [0.5, 0.09],
      [0.5, 0.2],
      [1, 0.15],
      [2, 0.05],
    ]);
  });
});

test('a line ends in its rate, and where it moves in three digits', () => {
  const curve = rateCurve(record([change(1, null, 0.123456)], []));
  expect(rateLabel(curve)).toBe('0.123456');
  expect(rateLabel({ ...curve, stepped: false, newest: 0.0000104342 })).toBe('0.0000104');
  expect(rateLabel({ ...curve, newest: null })).toBeUndefined();
});

test('a run that has not started has no line', () => {
  expect(rateCurve(record([], []))).toEqual({ points: [], stepped: true, newest: null });
});
