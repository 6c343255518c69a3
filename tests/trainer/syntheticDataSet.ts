// A small data set from Philox, the same on every machine: noise, and a bright band whose height is the class, so that a tiny network can learn it.
import { createHash } from 'node:crypto';
import type { DataSet, ImageShape, ImageSplit } from '../../trainer/index.ts';
import { fillWords, streamKey } from '../../trainer/random/philox.ts';

export interface SyntheticOptions {
  shape?: ImageShape;
  classes?: number;
  train?: number;
  test?: number;
}

/** Pixels are noise below 96; the images of class k are brighter by 128 in the k-th of equal bands of rows (mirroring keeps them). */
function makeSplit(name: string, count: number, { channels, height, width }: ImageShape, classes: number): ImageSplit {
  const bytes = channels * height * width;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  const images = new Uint8Array(new SharedArrayBuffer(count * bytes));
  const words = new Uint32Array(count * bytes);
  fillWords(streamKey(0, 'split', `synthetic/${name}`), 0, 0, words);
  for (let i = 0; i < images.length; i++) {
    const row = Math.floor((i % bytes) / (channels * width));
    const band = Math.floor((row * classes) / height);
    images[i] = (words[i]! % 96) + (band === labels[Math.floor(i / bytes)] ? 128 : 0);
  }
  return { count, images, labels };
}

export function syntheticDataSet({
  shape = { channels: 3, height: 8, width: 8 },
  classes = 4,
  train = 60,
  test = 20,
}: SyntheticOptions = {}): DataSet {
  const parts = { train: makeSplit('train', train, shape, classes), test: makeSplit('test', test, shape, classes) };
  const hash = createHash('sha256').update(JSON.stringify({ shape, classes, train, test }));
  for (const { images, labels } of Object.values(parts)) hash.update(images).update(labels);
  return {
    name: 'synthetic',
    shape,
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
    fingerprint: hash.digest('hex'),
    ...parts,
  };
}

/** Layers of most kinds, augmentation, and an epoch of 3 steps whose last batch is partial. Change it with fields of your own. */
export const tinyRecipe = {
  dataset: 'synthetic',
  split: { train: 40, validation: 20, seed: 0 },
  augment: [{ randomCrop: 1 }, 'horizontalFlip'],
  network: [
    { conv2d: { out: 4, kernel: 3, padding: 'same' } },
    'batchNorm2d',
    'relu',
    { maxPool2d: 2 },
    'flatten',
    { linear: 12 },
    { dropout: 0.25 },
    { linear: 'classes' },
  ],
  optimizer: { type: 'adam', lr: 0.01 },
  schedule: { type: 'stepLR', stepSize: 1, gamma: 0.5 },
  batch: 16,
  epochs: 2,
  seed: 1,
};

/** Residual blocks, one within another: what `tinyRecipe` becomes with these fields. */
export const blocksRecipe = {
  network: [
    ...[{ conv2d: { out: 5, kernel: 3, padding: 'same' } }, 'batchNorm2d', 'gelu', { avgPool2d: 2 }],
    { residual: [{ conv2d: { out: 5, kernel: 3, padding: 'same' } }, 'batchNorm2d', 'relu', { dropout: 0.1 }] },
    'relu',
    { residual: ['batchNorm2d', 'gelu', { residual: [{ conv2d: { out: 5, kernel: 3, padding: 'same' } }, 'batchNorm2d'] }] },
    ...[{ avgPool2d: 2 }, 'flatten', { linear: 'classes' }],
  ],
};

/** Norms, activations and pooling that neither of the others has. */
export const elementwiseRecipe = {
  network: [
    ...[{ conv2d: { out: 6, kernel: 3, padding: 'same' } }, { groupNorm: 2 }, 'silu', { maxPool2d: { kernel: 3, stride: 2, padding: 1 } }],
    { residual: ['layerNorm', 'hardswish', { conv2d: { out: 6, kernel: 3, padding: 'same' } }, { batchNorm2d: { momentum: null } }] },
    ...[{ leakyRelu: 0.1 }, { dropout2d: 0.1 }, { adaptiveAvgPool2d: { outputSize: [3, 2] } }, 'tanh', 'globalAvgPool'],
    ...[{ linear: 9 }, 'batchNorm1d', 'sigmoid', { linear: 'classes' }],
  ],
};
