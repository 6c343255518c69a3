// Whether a data set has the images that a recipe's split asks for. The draw itself is `splitSamples`.
import { RunledgerError } from '../errors.ts';
import type { Recipe } from '../recipe.ts';

/** Throws `recipe.split` where the split asks for more than the `count` training images of the data set. */
export function checkSplit({ dataset, split }: Pick<Recipe, 'dataset' | 'split'>, count: number): void {
  if (split.train + split.validation <= count) return;
  throw new RunledgerError(
    'recipe.split',
    `split asks for ${split.train} + ${split.validation} images, ${dataset} has ${count} for training`,
    {
      place: 'split',
      help: `make split.train + split.validation at most ${count}`,
    },
  );
}
