// What charts are made of: formats by name, quantiles, steps of a heat map, class figures, channel gaps, groups and their files.
import { describe, expect, test } from 'vitest';
import { summarize } from '../../../app/ablations/analysis.ts';
import { agreementChart, channelGaps, ratioHeatChart, runningChart } from '../../../app/charts/batchNorm.ts';
import { measureChart, smallMultiples } from '../../../app/charts/comparison.ts';
import { classFigures, confusionChart, largestError } from '../../../app/charts/confusion.ts';
import { differenceChart } from '../../../app/charts/difference.ts';
import { csv } from '../../../app/charts/files.ts';
import type { GroupCourse } from '../../../app/charts/groupCourse.ts';
import { heatOption, stepOf } from '../../../app/charts/heat.ts';
import { trainingAccuracy, validationAccuracy } from '../../../app/charts/measures.ts';
import { quantiles } from '../../../app/charts/quantiles.ts';
import { rateComparison } from '../../../app/charts/rateComparison.ts';
import { revive } from '../../../app/web/browser/formats.ts';
import type { BatchNormHistory } from '../../../app/web/queries/batchNorm.ts';

describe('formats', () => {
  const print = (formatter: string, value: unknown) => (revive({ formatter }).formatter as unknown as (value: unknown) => string)(value);

  test('print as the pages do', () => {
    expect(print('@number', -0.30000000000000004)).toBe('−0.3');
    expect(print('@signed', 5)).toBe('+5');
    expect(print('@fixed 1| %', 77.64)).toBe('77.6 %');
    expect(print('@fixed 1| %', Number.NaN)).toBe('');
    expect(print('@last epoch|1200', 1200)).toBe('epoch 1,200');
    expect(print('@last epoch|1200', 10)).toBe('10');
    expect(print('@number', -20_000_000_000)).toBe('−2e10');
    expect(print('@fixed 3', 26_915_781_244.1)).toBe('2.692e10');
    expect(print('@rate', 0.00001)).toBe('1e−5');
    expect(print('@rate', 0.005)).toBe('0.005');
    expect(print('@pointer epoch', { value: 21 })).toBe('epoch 21');
  });

  test('data that looks like a format stays data, an unknown format is an error', () => {
    expect(revive({ data: ['@number', { value: '@fixed 1' }] })).toEqual({ data: ['@number', { value: '@fixed 1' }] });
    expect(() => revive({ axisLabel: { formatter: '@nonsense' } })).toThrow('unknown format @nonsense');
  });
});

test('quantiles interpolate between neighbours and leave out what is no number', () => {
  expect(quantiles([4, 1, 3, 2, Number.NaN])).toEqual({ min: 1, lower: 1.75, median: 2.5, upper: 3.25, max: 4 });
  expect(quantiles([Number.NaN])).toBeNull();
});

test('a heat map has nine steps for amounts and eleven about zero', () => {
  expect([0, 1, 50, 100].map((value) => stepOf(value, 100, 'seq'))).toEqual([0, 1, 5, 8]);
  expect([-2, -1, 0, 0.5, 1].map((value) => stepOf(value, 1, 'div'))).toEqual([0, 0, 5, 8, 10]);
  expect(stepOf(3, 0, 'div')).toBe(5);
});

test('a heat map draws each step as one series, and marks what is no number', () => {
  const option = heatOption(
    {
      rows: ['0', '1'],
      columns: ['1', '2'],
      columnTicks: [0, 1],
      values: [
        [-1, 1],
        [Number.NaN, null],
      ],
      colours: 'div',
      limit: 1,
      format: '@fixed 3',
      columnLabels: 'below',
      left: 38,
    },
    { width: 420, height: 220 },
  ) as { series: { data: number[][]; itemStyle: { color: string } }[] };
  const filled = option.series.map(({ data, itemStyle }) => [itemStyle.color, data]);
  expect(filled).toEqual([
    ['var(--div-0)', [[0, 0, -1]]],
    ['var(--div-10)', [[1, 0, 1]]],
    ['none', [[0, 1]]],
  ]);
});

test('a table becomes RFC 4180, NaN by name, an absent value empty, and no formula for a spreadsheet', () => {
  expect(
    csv({
      columns: ['a, b', 'c'],
      rows: [
        ['say "no"', -1.5],
        ['=1+1', Number.NaN],
        ['x', null],
      ],
    }),
  ).toBe('"a, b",c\r\n"say ""no""",-1.5\r\n\'=1+1,NaN\r\nx,\r\n');
});

describe('a confusion matrix', () => {
  const confusion = {
    epoch: 3,
    classes: ['cat', 'dog', 'owl'],
    counts: [
      [6, 4, 0],
      [1, 9, 0],
      [0, 0, 0],
    ],
  };

  test('gives precision, recall and F1 by class, worst first', () => {
    const figures = classFigures(confusion);
    expect(figures.map(({ name }) => name)).toEqual(['owl', 'cat', 'dog']);
    const cat = figures[1]!;
    expect([cat.precision, cat.recall, cat.images]).toEqual([6 / 7, 0.6, 10]);
    expect(cat.f1).toBeCloseTo((2 * (6 / 7) * 0.6) / (6 / 7 + 0.6), 12);
    expect(figures[0]!.recall).toBeNaN();
  });

  test('names its largest error', () => {
    expect(largestError(confusion)).toEqual({ truth: 'cat', predicted: 'dog', count: 4 });
    expect(confusionChart(confusion).finding).toContain('the largest error is cat taken for dog, 4 images');
    expect(largestError({ ...confusion, counts: confusion.counts.map((row, i) => row.map((n, j) => (i === j ? n : 0))) })).toBeNull();
  });
});

describe('a batch-norm layer', () => {
  const history: BatchNormHistory = {
    layer: 'batchNorm2d.1',
    channels: 3,
    epochs: [1, 2],
    runningMean: [
      [0, 0.1],
      [0, 0.2],
      [0, 0.3],
    ],
    runningVariance: [
      [1, 1],
      [1, 2],
      [1, 1],
    ],
    batchMean: [
      [0, 0.1],
      [0, 0.1],
      [0, 0.3],
    ],
    batchVariance: [
      [1, 1.1],
      [1, 1],
      [1, 1],
    ],
  };

  test('ranks channels by how far batch and running variance are apart, either way', () => {
    expect(channelGaps(history).map(({ channel, ratio }) => [channel, ratio])).toEqual([
      [1, 0.5],
      [0, 1.1],
      [2, 1],
    ]);
    expect(channelGaps(history)[0]!.meanDifference).toBeCloseTo(-0.1, 12);
    expect(ratioHeatChart(history).finding).toContain('1 of 3 channels are apart by more than 30 % at epoch 2');
    expect(agreementChart(history, { name: 'a', title: 'A', category: 1 }).table().rows[0]).toEqual([
      1,
      2,
      1,
      0.5,
      expect.closeTo(-0.1, 12),
    ]);
  });

  test('draws median and quartiles of its channels, and the channel that is furthest apart', () => {
    const chart = runningChart(history, 'variance', 5);
    expect(chart.finding).toBe('Running variance of batchNorm2d.1 at epoch 2: median 1.00, quartiles 1.00 to 1.50, range 1.00 to 2.00');
    expect(chart.legend.map(({ text }) => text)).toContain('channel 1, batch');
    expect(chart.table().rows).toEqual([
      [1, 1, 1, 1],
      [2, 1, 2, 1],
    ]);
  });
});

describe('groups of runs', () => {
  const point = (epoch: number, valAccuracy: number) => ({
    epoch,
    valAccuracy,
    trainLoss: null,
    trainAccuracy: null,
    valLoss: null,
    valBatchLoss: null,
    valBatchAccuracy: null,
    learningRate: 0.1,
    gradientNorm: null,
    seconds: null,
  });
  const group = (label: string, category: number, finals: number[]): GroupCourse => ({
    label,
    category,
    runs: finals.map((final, index) => ({ seed: index + 1, points: [point(1, 0.5), point(2, final)], steps: [] })),
    rates: [{ epoch: 1, step: 1, from: null, to: 0.1, schedule: 'constant', why: 'initial rate' }],
    stepsPerEpoch: 10,
    forkedAt: null,
  });
  const groups = [group('with', 1, [0.9, 0.94]), group('without', 2, [0.8, 0.82])];
  const size = { width: 420, height: 220 };

  test('are drawn as mean and sd over their repeats', () => {
    const { series } = measureChart(groups, validationAccuracy, { shape: 'one', epochs: 2 }).option(size) as {
      series: { name?: string; data: number[][]; areaStyle?: object }[];
    };
    const { mean, sd } = summarize([90, 94]);
    expect(series.find(({ name }) => name === 'with')!.data.at(-1)).toEqual([2, mean]);
    expect(series.find(({ areaStyle }) => areaStyle)!.data.at(-1)![1]).toBeCloseTo(2 * sd!, 9);
  });

  test('training is drawn by buckets of steps where there are any, and labelled by its epoch', () => {
    const stepped = groups.map((one) => ({
      ...one,
      runs: one.runs.map((run) => ({
        ...run,
        points: run.points.map((each) => ({ ...each, trainAccuracy: 0.7 })),
        steps: [0.5, 1, 1.5, 2].map((at) => ({ at, loss: 1, accuracy: at / 4, learningRate: 0.1 })),
      })),
    }));
    const { series, xAxis } = measureChart(stepped, trainingAccuracy, { shape: 'one', epochs: 2 }).option(size) as {
      xAxis: { min: number };
      series: { name?: string; data: number[][]; endLabel?: { formatter: string } }[];
    };
    const line = series.find(({ name }) => name === 'with')!;
    expect(line.data).toEqual([
      [0.5, 12.5],
      [1, 25],
      [1.5, 37.5],
      [2, 50],
    ]);
    expect(line.endLabel!.formatter).toBe('with 70.0');
    expect(xAxis.min).toBe(0);
  });

  test('the difference is paired by seed, with an interval from two pairs on', () => {
    const chart = differenceChart([groups[1]!, groups[0]!], 2);
    const [, , pairs, mean, low, high] = chart.table().rows.at(-1) as number[];
    expect([pairs, mean]).toEqual([2, expect.closeTo(11, 9)]);
    expect(low).toBeLessThan(11);
    expect(high).toBeGreaterThan(11);
    expect(chart.finding).toContain('with +11.0 points');
    const single = differenceChart([group('a', 1, [0.9]), group('b', 2, [0.8])], 2)
      .table()
      .rows.at(-1)!;
    expect(single.slice(4)).toEqual([null, null]);
  });

  test('equal schedules share one line, and say so', () => {
    expect(rateComparison(groups, 2).legend.map(({ text }) => text)).toEqual(['with and without, the same']);
  });

  test('schedules that begin alike and move apart do not', () => {
    const moving = groups.map((one, index) => ({
      ...one,
      runs: one.runs.map((run) => ({ ...run, points: run.points.map((each) => ({ ...each, learningRate: 0.1 / (each.epoch + index) })) })),
    }));
    const chart = rateComparison(moving, 2);
    expect(chart.legend.map(({ text }) => text)).toEqual(['with', 'without']);
    expect(chart.finding).toBe('Learning rate by epoch: with: from 0.1 to 0.05; without: from 0.1 to 0.0333333');
  });

  test('small multiples keep one scale', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((label, index) => group(label, index + 1, [0.4 + index / 10]));
    const ranges = smallMultiples(many, validationAccuracy, 2).map((chart) => {
      const { yAxis } = chart.option(size) as { yAxis: { min: number; max: number } };
      return [yAxis.min, yAxis.max];
    });
    expect(ranges).toHaveLength(6);
    expect(new Set(ranges.map(String)).size).toBe(1);
  });
});
