// What is trained in a benchmark: the seed network, its MNIST twin, and networks that the fast path was not made for; on random images.
import { createHash } from 'node:crypto';
import type { ImageShape, ImageSplit } from '../../trainer/data/images.ts';
import { type DataSet, parseRecipe, type Recipe } from '../../trainer/index.ts';
import { fillWords } from '../../trainer/random/philox.ts';

export type NetworkName =
  | 'seed'
  | 'mnist'
  | 'noBatchNorm'
  | 'averagePooling'
  | 'gelu'
  | 'residual'
  | 'resnet8'
  | 'resnet20'
  | 'vggSmall'
  | 'mobilenetV2';

const conv = (out: number) => ({ conv2d: { out, kernel: 3, padding: 'same' } });
const stage = (out: number, activation = 'relu', pool = 'maxPool2d') => [conv(out), 'batchNorm2d', activation, { [pool]: 2 }];
const head = ['flatten', { linear: 128 }, { dropout: 0.5 }, { linear: 'classes' }];
const block = { residual: [conv(16), 'batchNorm2d', 'relu', conv(16), 'batchNorm2d'] };

/** As users write them. */
const networks: Readonly<Record<NetworkName, unknown>> = {
  seed: 'simpleCnn',
  mnist: 'simpleCnn',
  noBatchNorm: { simpleCnn: { batchNorm: false } },
  averagePooling: [...stage(16, 'relu', 'avgPool2d'), ...stage(32, 'relu', 'avgPool2d'), ...head],
  gelu: [...stage(16, 'gelu'), ...stage(32, 'gelu'), ...head],
  residual: [...stage(16), block, 'relu', ...stage(32), ...head],
  resnet8: 'resnet8',
  resnet20: 'resnet20',
  vggSmall: 'vggSmall',
  mobilenetV2: 'mobilenetV2',
};

export interface RecipeOptions {
  network: NetworkName;
  batch?: number;
  augment?: unknown[];
  train?: number;
  validation?: number;
  epochs?: number;
}

/** Throws what a recipe throws that asks for layers which do not exist. */
export function benchRecipe({ network, batch = 64, augment = [], train = 3072, validation = 1024, epochs = 1 }: RecipeOptions): Recipe {
  return parseRecipe({
    dataset: 'random',
    split: { train, validation },
    augment,
    network: networks[network],
    optimizer: { type: 'adam', lr: 0.001 },
    batch,
    epochs,
  });
}

export const shapes: Readonly<Record<'cifar10' | 'mnist', ImageShape>> = {
  cifar10: { channels: 3, height: 32, width: 32 },
  mnist: { channels: 1, height: 28, width: 28 },
};

export function shapeOf(network: NetworkName): ImageShape {
  return network === 'mnist' ? shapes.mnist : shapes.cifar10;
}

/** Of noise, in 32-bit words; it repeats after that, which no kernel can tell. Making more would take longer than some measurements. */
const NOISE_WORDS = 1 << 18;

function randomSplit(count: number, { channels, height, width }: ImageShape, key: number): ImageSplit {
  const images = new Uint8Array(new SharedArrayBuffer(count * channels * height * width));
  const labels = new Uint8Array(new SharedArrayBuffer(count));
  const words = new Uint32Array(NOISE_WORDS);
  fillWords([key, 1], 0, 0, words);
  const noise = new Uint8Array(words.buffer);
  for (let start = 0; start < images.length; start += noise.length) images.set(noise.subarray(0, images.length - start), start);
  for (let n = 0; n < count; n++) labels[n] = n % 10;
  return { count, images, labels };
}

/** `train` training images (validation included) and `test` test images. */
export function randomDataSet(shape: ImageShape, train = 4096, test = 64): DataSet {
  return {
    name: 'random',
    shape,
    classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    fingerprint: createHash('sha256').update(JSON.stringify({ shape, train, test })).digest('hex'),
    train: randomSplit(train, shape, 1),
    test: randomSplit(test, shape, 2),
  };
}
