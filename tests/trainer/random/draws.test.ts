// Each draw follows docs/numerics.md word for word, and has the distribution it claims.
import { describe, expect, test } from 'vitest';
import {
  augmentKey,
  below,
  drawCrop,
  drawFlip,
  dropoutKey,
  dropoutWords,
  epochOrder,
  splitSamples,
  threshold,
} from '../../../trainer/random/draws.ts';
import { fillWords, streamKey } from '../../../trainer/random/philox.ts';

describe('dropout', () => {
  test('is keyed by layer, sample and epoch, and keeps a share of 1 − p', () => {
    const words = new Uint32Array(40_000);
    const key = dropoutKey(1, 'dropout.1');
    dropoutWords(key, 5, 2, words);
    const expected = new Uint32Array(40_000);
    fillWords(streamKey(1, 'dropout', 'dropout.1'), 5, 2, expected);
    expect(words).toEqual(expected);
    const kept = words.filter((word) => word >= threshold(0.3)).length;
    expect(Math.abs(kept / 40_000 - 0.7)).toBeLessThan(0.01);
    dropoutWords(key, 5, 3, expected);
    expect(words).not.toEqual(expected);
    dropoutWords(key, 6, 2, expected);
    expect(words).not.toEqual(expected);
  });

  test('thresholds are floors of p·2^32', () => {
    expect(threshold(0)).toBe(0);
    expect(threshold(0.5)).toBe(0x80000000);
    expect(threshold(0.1)).toBe(429496729);
  });
});

describe('order of an epoch', () => {
  const samples = Uint32Array.from({ length: 50 }, (_, i) => 3 * i);

  test('is a permutation that leaves its input alone and differs by epoch and seed', () => {
    const first = epochOrder(1, 1, samples);
    expect(samples[1]).toBe(3);
    expect([...first].sort((a, b) => a - b)).toEqual([...samples]);
    expect(first).toEqual(epochOrder(1, 1, samples));
    expect(first).not.toEqual(epochOrder(1, 2, samples));
    expect(first).not.toEqual(epochOrder(2, 1, samples));
  });

  test('is Fisher–Yates from the end', () => {
    const words = new Uint32Array(3);
    fillWords(streamKey(9, 'order', ''), 0, 4, words);
    const expected = [10, 20, 30];
    for (const i of [2, 1]) {
      const j = Math.floor((words[i]! * (i + 1)) / 2 ** 32);
      [expected[i], expected[j]] = [expected[j]!, expected[i]!];
    }
    expect([...epochOrder(9, 4, Uint32Array.of(10, 20, 30))]).toEqual(expected);
  });
});

test('a split is disjoint, sorted, of the asked sizes, and keyed by data set and its own seed', () => {
  const split = splitSamples('mnist', 100, { train: 70, validation: 20, seed: 0 });
  expect(split.train.length).toBe(70);
  expect(split.validation.length).toBe(20);
  expect(new Set([...split.train, ...split.validation]).size).toBe(90);
  expect([...split.train]).toEqual([...split.train].sort((a, b) => a - b));
  expect([...split.validation]).toEqual([...split.validation].sort((a, b) => a - b));
  expect(split).not.toEqual(splitSamples('cifar10', 100, { train: 70, validation: 20, seed: 0 }));
  expect(split).not.toEqual(splitSamples('mnist', 100, { train: 70, validation: 20, seed: 1 }));
});

describe('augmentation', () => {
  test('flips a share of p, and never or always at the ends', () => {
    const key = augmentKey(1, 'horizontalFlip.1');
    let flipped = 0;
    for (let sample = 0; sample < 10_000; sample++) {
      if (drawFlip(key, 0.25, sample, 1)) flipped++;
      expect(drawFlip(key, 0, sample, 1)).toBe(false);
      expect(drawFlip(key, 1, sample, 1)).toBe(true);
    }
    expect(Math.abs(flipped / 10_000 - 0.25)).toBeLessThan(0.02);
  });

  test('crops reach every place of the padded image', () => {
    const key = augmentKey(1, 'randomCrop.1');
    const seen = new Set<string>();
    for (let sample = 0; sample < 1000; sample++) {
      const { dy, dx } = drawCrop(key, 2, sample, 1);
      expect(dy >= 0 && dy <= 4 && dx >= 0 && dx <= 4).toBe(true);
      seen.add(`${dy},${dx}`);
    }
    expect(seen.size).toBe(25);
  });
});

test('below spans 0 to n − 1', () => {
  expect(below(0, 10)).toBe(0);
  expect(below(0xffffffff, 10)).toBe(9);
  expect(below(0x80000000, 7)).toBe(3);
});
