// The recipe: the whole declaration of a run. What users may write, what is filled in, and the canonical form that is recorded
// (presets expanded, layers named, defaults filled in). Nothing else decides what a recipe may say.
import * as z from 'zod';
import { type AugmentStep, augmentFamilies } from './augment/index.ts';
import { type Layer, layerFamilies } from './layers/index.ts';
import { layerShorthands } from './layers/shorthands.ts';
import { type Loss, readLoss } from './losses/index.ts';
import { type Optimizer, optimizers } from './optimizers/index.ts';
import { expandPreset } from './presets/index.ts';
import { badValue, check, isPlainObject, keysOf } from './recipe/check.ts';
import { type Clip, clipSchema } from './recipe/clip.ts';
import { readItems } from './recipe/items.ts';
import { type Keep, keepSchema } from './recipe/keep.ts';
import { type Stop, stopSchema } from './recipe/stop.ts';
import { readTyped } from './recipe/typed.ts';
import { flag, integer } from './recipe/values.ts';
import { readSchedule, type Schedule } from './schedules/index.ts';

export type { AugmentStep } from './augment/index.ts';
export type { Layer, LayerKind } from './layers/index.ts';
export type { Loss } from './losses/index.ts';
export type { Optimizer } from './optimizers/index.ts';
export type { Clip } from './recipe/clip.ts';
export type { Stop } from './recipe/stop.ts';
export type { Schedule } from './schedules/index.ts';

export type Arithmetic = 'fused' | 'strict';

export interface Recipe {
  /** Name of a data set that the application knows. */
  dataset: string;
  /** Images for training and validation, drawn from the training file under the split's own seed. */
  split: { train: number; validation: number; seed: number };
  preprocess: 'standardize';
  augment: AugmentStep[];
  network: Layer[];
  loss: Loss;
  optimizer: Optimizer;
  /** Of gradients; absent where they stay as they are. */
  clip?: Clip;
  schedule: Schedule;
  /** Images a step. */
  batch: number;
  /** Batches a step of the optimizer; absent where it is one. */
  accumulate?: number;
  /** Whether an epoch leaves out its last, smaller batch. */
  dropLast: boolean;
  epochs: number;
  /** Endings before the last epoch; absent where there are none. */
  stop?: Stop;
  seed: number;
  arithmetic: Arithmetic;
  record: {
    /** Points an epoch in StepsMeasured at most, or every step. */
    stepsPerEpoch: number | 'every';
    /** Summaries and histograms of parameters and gradients, once an epoch. */
    parameters: boolean;
    /** Absent for the last and the best. */
    checkpoints?: Keep[];
  };
}

/** The recipe's own settings; parts with kinds or types of their own are read after it. */
export const recipeOutline = z.strictObject({
  dataset: z.string('the name of a data set').min(1, 'the name of a data set'),
  split: z.strictObject(
    { train: integer(1), validation: integer(1), seed: integer(0).default(0) },
    'settings in braces: train, validation, seed',
  ),
  preprocess: z.literal('standardize').default('standardize'),
  augment: z.unknown().optional(),
  network: z.unknown(),
  loss: z.unknown().default('crossEntropy'),
  optimizer: z.unknown(),
  clip: clipSchema.optional(),
  schedule: z.unknown().optional(),
  batch: integer(1).default(64),
  accumulate: integer(1).optional(),
  dropLast: flag().default(false),
  epochs: integer(1),
  stop: stopSchema.optional(),
  seed: integer(0).default(1),
  arithmetic: z.enum(['fused', 'strict']).default('fused'),
  record: z
    .strictObject(
      {
        stepsPerEpoch: z.union([integer(1), z.literal('every')], 'an integer from 1, or every').default(200),
        parameters: flag().default(false),
        checkpoints: keepSchema.optional(),
      },
      'settings in braces: stepsPerEpoch, parameters, checkpoints',
    )
    .prefault({}),
});

/**
 * Reads a recipe as users write it, or in canonical form, and returns the canonical form: `parseRecipe(parseRecipe(x))` equals `parseRecipe(x)`.
 * Whether the network fits a data set is another question: `resolveNetwork`.
 * Throws a RunledgerError with the path, the value received and what is allowed.
 */
export function parseRecipe(input: unknown): Recipe {
  if (!isPlainObject(input)) throw badValue('recipe', input, `settings by name: ${keysOf(recipeOutline).join(', ')}`);
  const read = check(recipeOutline, input, '');
  const network = readItems(layerFamilies, expandPreset(read.network, 'network'), 'layer', 'network', layerShorthands);
  if (network.length === 0) throw badValue('network', [], 'at least one layer');
  const { record: written, stop, clip, accumulate = 1, ...rest } = read;
  const { checkpoints, ...record } = written;
  return {
    ...rest,
    ...(stop !== undefined && { stop }),
    ...(clip !== undefined && { clip }),
    ...(accumulate !== 1 && { accumulate }),
    record: checkpoints === undefined ? record : { ...record, checkpoints },
    augment: readItems(augmentFamilies, read.augment ?? [], 'augmentation', 'augment'),
    network,
    loss: readLoss(read.loss, 'loss'),
    optimizer: readTyped<Optimizer>(optimizers, read.optimizer, 'optimizer'),
    schedule: readSchedule(read.schedule ?? 'constant', 'schedule'),
  };
}
