// The six networks that are trained here and in PyTorch, without dropout, whose masks differ. One recipe for all of them.
import { parseRecipe, type Recipe } from '../../trainer/index.ts';

const norm = (out: number, kernel: number) => [{ conv2d: { out, kernel, padding: 'same', bias: false } }, 'batchNorm2d', 'relu'];

/** As users write them. */
export const networks: Readonly<Record<string, unknown>> = {
  'simpleCnn with batch norm': { simpleCnn: { batchNorm: true, dropout: 0 } },
  'simpleCnn without batch norm': { simpleCnn: { batchNorm: false, dropout: 0 } },
  lenet5: { lenet5: {} },
  resnet8: { resnet8: {} },
  'mobilenetV2, a quarter wide': { mobilenetV2: { width: 0.25, dropout: 0 } },
  'concatenation and squeeze-excitation': [
    ...[...norm(16, 3), { maxPool2d: 2 }],
    ...[{ concatenation: [norm(8, 1), norm(16, 3)] }, { squeezeExcitation: 4 }, { maxPool2d: 2 }],
    ...[...norm(32, 3), 'globalAvgPool', { linear: 'classes' }],
  ],
};

/** Fixed before the first run. */
export const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The same 5,000 images for every network and seed; the seed decides initial values and order. */
export function parityRecipe(network: string, seed: number): Recipe {
  return parseRecipe({
    dataset: 'cifar10',
    split: { train: 5000, validation: 500, seed: 0 },
    network: networks[network],
    optimizer: { type: 'sgd', lr: 0.05, momentum: 0.9, weightDecay: 0.0005 },
    schedule: { type: 'stepLR', stepSize: 6, gamma: 0.1 },
    batch: 64,
    epochs: 8,
    seed,
  });
}
