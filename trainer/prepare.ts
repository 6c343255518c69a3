// What a recipe and a data set decide together before the first step: the network's shapes, the split, the statistics of its images.
import type { DataSet } from './data/images.ts';
import { checkSplit } from './data/split.ts';
import { type ChannelStatistics, channelStatistics, pixelTable } from './data/standardize.ts';
import type { EngineSpec } from './engine.ts';
import { RunledgerError } from './errors.ts';
import { checkBatchNorms } from './layers/oneValue.ts';
import { lossSettings } from './losses/index.ts';
import { type Network, resolveNetwork } from './network.ts';
import { checkGroups } from './optimizers/assign.ts';
import { type Split, splitSamples } from './random/draws.ts';
import type { Recipe } from './recipe.ts';
import { checkSchedule } from './schedules/course.ts';

export interface Preparation {
  network: Network;
  split: Split;
  standardize: ChannelStatistics;
  stepsPerEpoch: number;
  /** Images a step, fewer in the last one of an epoch; and images an epoch trains on. */
  imagesPerStep: number;
  imagesPerEpoch: number;
  /** For an engine of `threads` threads. */
  engineSpec(threads: number): EngineSpec;
}

/** What `prepare` needs to know to judge a recipe; images are not among it. */
export type DataSetOutline = Pick<DataSet, 'shape' | 'classes'> & { train: { count: number }; test?: { count: number } };

/**
 * Whether a recipe can be trained on a data set, without looking at an image. Gives the network.
 * Throws `recipe.shape`, `recipe.group`, `recipe.split`, `recipe.loss`, `recipe.batch` or `recipe.schedule`, with the place in the recipe.
 */
export function checkRecipe(recipe: Recipe, dataset: DataSetOutline): Network {
  const { shape, classes } = dataset;
  const network = resolveNetwork(recipe.network, [shape.channels, shape.height, shape.width], classes.length);
  checkGroups(recipe.optimizer, network.parameters);
  checkSplit(recipe, dataset.train.count);
  checkWeights(recipe, classes);
  if (stepsOf(recipe) === 0) {
    throw new RunledgerError(
      'recipe.batch',
      `batch is ${recipe.batch}, and an epoch without its last batch has ${recipe.split.train} images`,
      {
        place: 'batch',
        help: `make batch at most ${recipe.split.train}, or dropLast false`,
      },
    );
  }
  checkBatchNorms(network, recipe, dataset.test?.count);
  const { schedule, optimizer, epochs } = recipe;
  checkSchedule({ schedule, lr: optimizer.lr, epochs, stepsPerEpoch: stepsOf(recipe) });
  return network;
}

/** A weight for each class. */
function checkWeights({ loss, dataset }: Recipe, classes: readonly string[]): void {
  const { weight } = lossSettings(loss);
  if (weight === undefined || weight.length === classes.length) return;
  throw new RunledgerError(
    'recipe.loss',
    `loss.crossEntropy.weight has ${weight.length} numbers, and ${dataset} has ${classes.length} classes`,
    {
      place: 'loss.crossEntropy.weight',
      help: `give one number for each of ${classes.join(', ')}`,
    },
  );
}

function imagesOf({ batch, dropLast, split }: Recipe): number {
  return dropLast ? split.train - (split.train % batch) : split.train;
}

function stepsOf(recipe: Recipe): number {
  return Math.ceil(imagesOf(recipe) / (recipe.batch * (recipe.accumulate ?? 1)));
}

/** Everything that is worked out once a run. Throws as `checkRecipe` does. */
export function prepare(recipe: Recipe, dataset: DataSet): Preparation {
  const network = checkRecipe(recipe, dataset);
  const split = splitSamples(recipe.dataset, dataset.train.count, recipe.split);
  const standardize = channelStatistics(dataset.train, dataset.shape, split.train);
  const { loss, optimizer, clip, ema, augment, arithmetic, seed, batch, accumulate } = recipe;
  return {
    network,
    split,
    standardize,
    stepsPerEpoch: stepsOf(recipe),
    imagesPerStep: batch * (accumulate ?? 1),
    imagesPerEpoch: imagesOf(recipe),
    engineSpec: (threads) => ({
      network,
      loss,
      optimizer,
      clip,
      ema,
      augment,
      arithmetic,
      seed,
      batch,
      accumulate,
      pixelTable: pixelTable(standardize),
      train: dataset.train,
      test: dataset.test,
      threads,
    }),
  };
}
