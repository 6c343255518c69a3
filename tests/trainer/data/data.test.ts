import { describe, expect, test } from 'vitest';
import { channelStatistics, pixelTable } from '../../../trainer/data/standardize.ts';
import { checkRecipe, parseRecipe, setPath } from '../../../trainer/index.ts';
import { prepare } from '../../../trainer/prepare.ts';
import { syntheticDataSet, tinyRecipe } from '../syntheticDataSet.ts';

const dataset = syntheticDataSet();
const { shape } = dataset;
const samples = Uint32Array.of(3, 4, 17, 59);

/** All values of one channel of `samples`, as 0 to 1. */
function channelValues(channel: number): number[] {
  const bytes = shape.channels * shape.height * shape.width;
  return [...samples].flatMap((sample) =>
    Array.from(
      { length: shape.height * shape.width },
      (_, pixel) => dataset.train.images[sample * bytes + pixel * shape.channels + channel]! / 255,
    ),
  );
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('standardize', () => {
  test('mean and population deviation a channel, over the given samples only', () => {
    const statistics = channelStatistics(dataset.train, shape, samples);
    for (let channel = 0; channel < shape.channels; channel++) {
      const values = channelValues(channel);
      expect(statistics.mean[channel]).toBeCloseTo(mean(values), 12);
      expect(statistics.std[channel]).toBeCloseTo(Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2))), 12);
    }
  });

  test('the table gives the samples mean 0 and deviation 1', () => {
    const table = pixelTable(channelStatistics(dataset.train, shape, samples));
    expect(table.length).toBe(3 * 256);
    const values = channelValues(1).map((value) => table[256 + Math.round(value * 255)]!);
    expect(mean(values)).toBeCloseTo(0, 6);
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 6);
  });

  test('large white images do not overflow', () => {
    const split = { count: 2, images: new Uint8Array(2 * 300 * 300).fill(255), labels: new Uint8Array(2) };
    split.images.fill(0, 0, 300 * 300);
    const statistics = channelStatistics(split, { channels: 1, height: 300, width: 300 }, Uint32Array.of(0, 1));
    expect(statistics).toEqual({ mean: [0.5], std: [0.5] });
  });

  test('a channel that never changes becomes 0', () => {
    const split = { count: 2, images: new Uint8Array(2 * 4).fill(9), labels: new Uint8Array(2) };
    const statistics = channelStatistics(split, { channels: 1, height: 2, width: 2 }, Uint32Array.of(0, 1));
    expect(statistics.std).toEqual([1]);
    expect(pixelTable(statistics)[9]).toBe(0);
  });
});

describe('a recipe against a data set', () => {
  test('parts do not overlap, and statistics come from the training part', () => {
    const { split, standardize } = prepare(parseRecipe(tinyRecipe), dataset);
    expect([...split.train, ...split.validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(standardize).toEqual(channelStatistics(dataset.train, shape, split.train));
  });

  test.each([
    ['split.validation', 21, 'recipe.split', 'split asks for 40 + 21 images, synthetic has 60 for training'],
    ['loss.crossEntropy.weight', [1, 2, 3], 'recipe.loss', 'loss.crossEntropy.weight has 3 numbers, and synthetic has 4 classes'],
    ['network', ['relu'], 'recipe.shape', 'loss takes 4 numbers, one a class, relu.1 gives 3 × 8 × 8'],
  ])('%s %j', (path, value, code, message) => {
    const recipe = parseRecipe(setPath(tinyRecipe, path, value));
    expect(() => checkRecipe(recipe, dataset)).toThrow(expect.objectContaining({ code, message }));
  });

  test('an epoch without a step is refused', () => {
    const recipe = parseRecipe({ ...tinyRecipe, batch: 64, dropLast: true });
    expect(() => checkRecipe(recipe, dataset)).toThrow(
      expect.objectContaining({ code: 'recipe.batch', help: expect.stringContaining('at most 40') }),
    );
  });

  test('steps an epoch: the last, smaller batch counts unless it is dropped', () => {
    const steps = (dropLast: boolean) => prepare(parseRecipe({ ...tinyRecipe, dropLast }), dataset).stepsPerEpoch;
    expect([steps(false), steps(true)]).toEqual([3, 2]);
  });
});
