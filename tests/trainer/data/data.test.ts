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

  describe('a batch that would leave a batch norm one value a channel is refused', () => {
    const onVectors = ['flatten', { linear: 8 }, 'batchNorm1d', { linear: 'classes' }];
    const check = (changes: object) => () => checkRecipe(parseRecipe({ ...tinyRecipe, network: onVectors, ...changes }), dataset);
    const refused = (message: string, help: string) => expect.objectContaining({ code: 'recipe.batch', place: 'batch', message, help });

    test('the last batch of an epoch, unless it is dropped', () => {
      expect(check({ batch: 39 })).toThrow(
        refused(
          'batch is 39, and the last batch of the 40 training images holds one: batchNorm1d.1 would see one value a channel, and a variance needs two',
          'set dropLast: true, or choose another batch, 40 for example',
        ),
      );
      expect(check({ batch: 39, dropLast: true })).not.toThrow();
      expect(check({ batch: 13 })).toThrow(
        refused(expect.stringContaining('the 40 training images'), expect.stringContaining('14 for example')),
      );
    });

    test('the last batch of an evaluation with the statistics of each batch', () => {
      expect(check({ batch: 19, dropLast: true })).toThrow(
        refused(
          expect.stringContaining('the last batch of the 20 validation images'),
          expect.stringContaining('change split.validation by one'),
        ),
      );
    });

    test('without running statistics, of the test images too', () => {
      const untracked = onVectors.map((layer) => (layer === 'batchNorm1d' ? { batchNorm1d: { trackRunningStats: false } } : layer));
      const split = { train: 36, validation: 18, seed: 0 };
      expect(check({ split, batch: 18, network: untracked })).not.toThrow();
      const odd = { ...dataset, test: { ...dataset.test, count: 19 } };
      const recipe = parseRecipe({ ...tinyRecipe, split, batch: 18, network: untracked });
      expect(() => checkRecipe(recipe, odd)).toThrow(refused(expect.stringContaining('the 19 test images'), expect.any(String)));
    });

    test('batches of one', () => {
      expect(check({ batch: 1 })).toThrow(
        refused(expect.stringContaining('every batch of the training images holds one'), expect.any(String)),
      );
    });

    test('maps of more than one pixel have values enough', () => {
      expect(check({ batch: 39, network: ['batchNorm2d', 'flatten', { linear: 'classes' }] })).not.toThrow();
    });
  });

  test('steps an epoch: the last, smaller batch counts unless it is dropped', () => {
    const steps = (dropLast: boolean) => prepare(parseRecipe({ ...tinyRecipe, dropLast }), dataset).stepsPerEpoch;
    expect([steps(false), steps(true)]).toEqual([3, 2]);
  });
});
