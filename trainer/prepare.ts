// What a recipe and a data set decide together before the first step: the network's shapes, the split, the statistics of its images.
import type { DataSet } from './data/images.ts';
import { checkSplit } from './data/split.ts';
import { type ChannelStatistics, channelStatistics, pixelTable } from './data/standardize.ts';
import type { EngineSpec } from './engine.ts';
import { RunledgerError } from './errors.ts';
import { type Network, resolveNetwork } from './network.ts';
import { type Split, splitSamples } from './random/draws.ts';
import type { Recipe } from './recipe.ts';
import { checkSchedule } from './schedules/course.ts';

export interface Preparation {
  network: Network;
  split: Split;
  standardize: ChannelStatistics;
  stepsPerEpoch: number;
  /** For an engine of `threads` threads. */
  engineSpec(threads: number): EngineSpec;
}

/** What `prepare` needs to know to judge a recipe; images are not among it. */
export type DataSetOutline = Pick<DataSet, 'shape' | 'classes'> & { train: { count: number } };

/**
 * Whether a recipe can be trained on a data set, without looking at an image. Gives the network.
 * Throws `recipe.shape`, `recipe.split`, `recipe.batch` or `recipe.schedule`, with the place in the recipe.
 */
export function checkRecipe(recipe: Recipe, dataset: DataSetOutline): Network {
  const { shape, classes } = dataset;
  const network = resolveNetwork(recipe.network, [shape.channels, shape.height, shape.width], classes.length);
  checkSplit(recipe, dataset.train.count);
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
  const { schedule, optimizer, epochs } = recipe;
  checkSchedule({ schedule, lr: optimizer.lr, epochs, stepsPerEpoch: stepsOf(recipe) });
  return network;
}

function stepsOf({ batch, dropLast, split }: Recipe): number {
  return dropLast ? Math.floor(split.train / batch) : Math.ceil(split.train / batch);
}

/** Everything that is worked out once a run. Throws as `checkRecipe` does. */
export function prepare(recipe: Recipe, dataset: DataSet): Preparation {
  const network = checkRecipe(recipe, dataset);
  const split = splitSamples(recipe.dataset, dataset.train.count, recipe.split);
  const standardize = channelStatistics(dataset.train, dataset.shape, split.train);
  const { loss, optimizer, augment, arithmetic, seed, batch } = recipe;
  return {
    network,
    split,
    standardize,
    stepsPerEpoch: stepsOf(recipe),
    engineSpec: (threads) => ({
      network,
      loss,
      optimizer,
      augment,
      arithmetic,
      seed,
      batch,
      pixelTable: pixelTable(standardize),
      train: dataset.train,
      test: dataset.test,
      threads,
    }),
  };
}
