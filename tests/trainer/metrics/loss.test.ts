// Loss under augmentation, against a data set whose images were augmented beforehand, one by one, and are then evaluated as they are.
import { expect, test } from 'vitest';
import type { AugmentStep, DataSet, ImageSplit } from '../../../trainer/index.ts';
import { augmentImage } from '../../../trainer/kernels/reference/augment.ts';
import { dataset } from '../recorded.ts';
import { epochs, measured, recipe, reference } from './states.ts';

const other: AugmentStep[] = [
  { kind: 'horizontalFlip', name: 'horizontalFlip.1', p: 1 },
  { kind: 'randomCrop', name: 'randomCrop.1', padding: 3 },
];

function augmented(policy: readonly AugmentStep[], { count, images, labels }: ImageSplit, epoch: number): ImageSplit {
  const bytes = images.length / count;
  const moved = Array.from({ length: count }, (_, sample) =>
    augmentImage(policy, recipe.seed, dataset.shape, images.subarray(sample * bytes, (sample + 1) * bytes), sample, epoch),
  );
  return { count, labels, images: Uint8Array.from(moved.flatMap((image) => [...image])) };
}

test.each([
  ["the recipe's own policy", undefined],
  ['another', other],
] as const)('%s', async (_, augment) => {
  for (const at of epochs) {
    const policy = augment ?? recipe.augment;
    // Pixel statistics are those of the original training images, so only the test file may be changed.
    const beforehand: DataSet = { ...dataset, test: augmented(policy, dataset.test, at.epoch) };
    const expected = await measured(reference({}, recipe, beforehand), 'loss', { part: 'test', augment: [], at });
    expect(await measured(reference(), 'loss', { part: 'test', at, ...(augment && { augment: [...augment] }) })).toEqual(expected);
    expect(expected).not.toEqual(await measured(reference(), 'loss', { part: 'test', augment: [], at }));
  }
});
