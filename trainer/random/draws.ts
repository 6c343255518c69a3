// Every random choice of a run as a function of seed, name, epoch and original sample index (docs/numerics.md, "Random numbers").
// Names key the streams, so two variants of an ablation draw the same numbers for everything they have in common.
// Epochs count from 1; a sample index is the place in the data set's own training file.
import { fillWords, type PhiloxKey, philox4x32, streamKey } from './philox.ts';

const WORDS = 4294967296;

/** ⌊word·n / 2^32⌋, an integer 0 … n − 1. Exact for n up to 2^21. */
export function below(word: number, n: number): number {
  return Math.floor((word * n) / WORDS);
}

/** ⌊p·2^32⌋: a word below it is an event of probability p. */
export function threshold(p: number): number {
  return Math.floor(p * WORDS);
}

/** Key of a dropout layer's mask words; generated kernels draw from it themselves. */
export function dropoutKey(seed: number, layer: string): PhiloxKey {
  return streamKey(seed, 'dropout', layer);
}

/** One word an element of one sample, in storage order (h, w, c). Element i is kept where word i ≥ `threshold(p)`. */
export function dropoutWords(key: PhiloxKey, sample: number, epoch: number, out: Uint32Array): void {
  fillWords(key, sample, epoch, out);
}

/** Fisher–Yates in place, i from n − 1 down to 1: swaps i and below(words[i], i + 1). `words` has one word an element. */
function shuffle(values: Uint32Array, words: Uint32Array): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = below(words[i]!, i + 1);
    const held = values[i]!;
    values[i] = values[j]!;
    values[j] = held;
  }
}

/** Order of an epoch: a shuffled copy of `samples`, the original indices of the training part in ascending order. */
export function epochOrder(seed: number, epoch: number, samples: Uint32Array): Uint32Array {
  const order = samples.slice();
  const words = new Uint32Array(order.length);
  fillWords(streamKey(seed, 'order', ''), 0, epoch, words);
  shuffle(order, words);
  return order;
}

/** Original indices of the parts, each ascending. */
export interface Split {
  train: Uint32Array;
  validation: Uint32Array;
}

/**
 * Splits `count` images of a data set: shuffled under the split's own seed, the first `train` are for training, the next `validation`
 * for validation. Needs train + validation ≤ count, which the recipe's border checks.
 */
export function splitSamples(dataset: string, count: number, split: { train: number; validation: number; seed: number }): Split {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const words = new Uint32Array(count);
  fillWords(streamKey(split.seed, 'split', dataset), 0, 0, words);
  shuffle(order, words);
  return {
    train: order.slice(0, split.train).sort(),
    validation: order.slice(split.train, split.train + split.validation).sort(),
  };
}

/** At most `count` images of a part, ascending: the same ones for every run that has them, so that states can be compared. */
export function measuredSample(part: string, samples: Uint32Array, count: number): Uint32Array {
  const order = samples.slice();
  const words = new Uint32Array(order.length);
  fillWords(streamKey(0, 'measure', part), 0, 0, words);
  shuffle(order, words);
  return order.slice(0, count).sort();
}

/** Key of an augmentation operator's draws, by its name (`horizontalFlip.1`). */
export function augmentKey(seed: number, operator: string): PhiloxKey {
  return streamKey(seed, 'augment', operator);
}

/** Whether this sample is mirrored in this epoch. */
export function drawFlip(key: PhiloxKey, p: number, sample: number, epoch: number): boolean {
  const words = new Uint32Array(4);
  philox4x32(key, 0, sample, epoch, 0, words);
  return words[0]! < threshold(p);
}

/** Upper left corner of the crop inside the image padded by `padding` on every side, each 0 … 2·padding. */
export function drawCrop(key: PhiloxKey, padding: number, sample: number, epoch: number): { dy: number; dx: number } {
  const words = new Uint32Array(4);
  philox4x32(key, 0, sample, epoch, 0, words);
  return { dy: below(words[0]!, 2 * padding + 1), dx: below(words[1]!, 2 * padding + 1) };
}
