// What finite differences cannot see: NaN, infinities, signed zeros, ties, and the parts of an image that move.
import { describe, expect, test } from 'vitest';
import { activationBackward, activationForward } from '../../../trainer/kernels/reference/activations.ts';
import { augmentImage, cropImage, flipImage } from '../../../trainer/kernels/reference/augment.ts';
import { batchNormMoments } from '../../../trainer/kernels/reference/batchNorm2d.ts';
import { conv2dForward } from '../../../trainer/kernels/reference/conv2d.ts';
import { crossEntropy } from '../../../trainer/kernels/reference/crossEntropy.ts';
import { maxPoolBackward, maxPoolForward } from '../../../trainer/kernels/reference/maxPool2d.ts';
import { pixelValues } from '../../../trainer/kernels/reference/pixels.ts';
import { poolingOf } from '../../../trainer/layers/poolings.ts';
import { fused } from '../../../trainer/numbers/numbers.ts';
import { augmentKey, drawCrop, drawFlip } from '../../../trainer/random/draws.ts';
import { pool, relu } from './tiny.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;
const floats = (...values: number[]) => Float32Array.from(values);

test('relu lets NaN and −0 pass, and stops the gradient at 0 and below', () => {
  const x = floats(nan, -0, 0, -1, 2, minusInfinity, infinity);
  expect([...activationForward(fused, relu('r'), x)]).toEqual([nan, -0, 0, 0, 2, 0, infinity]);
  expect([...activationBackward(fused, relu('r'), x, floats(1, 2, 3, 4, 5, 6, 7))]).toEqual([1, 0, 0, 0, 5, 0, 7]);
});

describe('max pooling', () => {
  const pooling = poolingOf(pool('p'), [1, 2, 4]);

  test('passes NaN on, whether it comes first or last, and gives it no gradient', () => {
    const x = floats(nan, 1, 5, 6, 2, 3, 7, nan);
    const y = maxPoolForward(fused, pooling, 1, x);
    expect([...y]).toEqual([nan, nan]);
    expect([...maxPoolBackward(fused, pooling, 1, x, y, floats(1, 1))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('gives the gradient to the first of equal elements, and knows −∞', () => {
    const x = floats(1, 3, minusInfinity, minusInfinity, 3, 3, minusInfinity, minusInfinity);
    const y = maxPoolForward(fused, pooling, 1, x);
    expect([...y]).toEqual([3, minusInfinity]);
    expect([...maxPoolBackward(fused, pooling, 1, x, y, floats(5, 7))]).toEqual([0, 5, 7, 0, 0, 0, 0, 0]);
  });

  test('adds gradients in window order where windows overlap', () => {
    const wide = poolingOf(pool('p', 2, 1), [1, 2, 4]);
    const x = floats(0, 9, 0, 0, 0, 0, 0, 1);
    const y = maxPoolForward(fused, wide, 1, x);
    expect([...y]).toEqual([9, 9, 1]);
    expect([...maxPoolBackward(fused, wide, 1, x, y, floats(1, 2 ** -24, 4))]).toEqual([0, 1, 0, 0, 0, 0, 0, 4]);
  });
});

describe('cross-entropy', () => {
  test('is a NaN loss for a NaN logit, which is also the prediction, and spares the other samples', () => {
    const { losses, predictions, dlogits } = crossEntropy(fused, 3, floats(1, nan, 3, 0, 0, 0), Uint8Array.of(0, 2));
    expect(losses[0]).toBeNaN();
    expect([...predictions]).toEqual([1, 0]);
    expect(Math.abs(losses[1]! - Math.log(3))).toBeLessThan(1e-6);
    expect([...dlogits.subarray(0, 3)]).toEqual([nan, nan, nan]);
    expect([...dlogits.subarray(3)].every(Number.isFinite)).toBe(true);
  });

  test('predicts the first of several NaN, and a NaN before any number', () => {
    const { predictions } = crossEntropy(fused, 4, floats(9, nan, nan, 1, nan, 2, 3, 9), Uint8Array.of(0, 0));
    expect([...predictions]).toEqual([1, 0]);
  });

  test('is NaN where a logit is +∞, and finite for −∞ beside others', () => {
    const { losses } = crossEntropy(fused, 2, floats(infinity, 0, minusInfinity, 0), Uint8Array.of(0, 1));
    expect(losses[0]).toBeNaN();
    expect(losses[1]).toBe(0);
  });

  test('survives logits far apart, and predicts the first of equal ones', () => {
    const { losses, predictions } = crossEntropy(fused, 4, floats(-1e4, 1e4, 1e4, 0), Uint8Array.of(0));
    expect(predictions[0]).toBe(1);
    expect(Math.abs(losses[0]! - (20000 + Math.log(2)))).toBeLessThan(0.01);
  });
});

test('batch-norm moments keep their digits far from zero', () => {
  // 1,000,000 ± 0.5: the mean of squares minus the square of the mean would lose everything in binary32.
  const x = Float32Array.from({ length: 64 }, (_, i) => 1e6 + (i % 2 === 0 ? 0.5 : -0.5));
  const [moments] = batchNormMoments(fused, [1, 4, 4], 4, x);
  expect(moments!.mean).toBe(1e6);
  expect(moments!.m2 / moments!.count).toBe(0.25);
});

test('batch-norm variance never falls below zero by rounding', () => {
  // 16,383 equal deviations from an outlying first pixel: in binary32 the sum of squares loses more than the true variance.
  const x = new Float32Array(128 * 128).fill(1.0794999599456787);
  x[0] = 0;
  expect(batchNormMoments(fused, [1, 128, 128], 1, x)[0]!.m2).toBe(0);
});

test('padding joins a convolution as zeros, which an infinite weight shows', () => {
  const convolution = { input: [1, 1, 1], output: [1, 1, 1], kernel: 3, stride: 1, padding: 1 } as const;
  const weight = floats(0, 0, 0, 0, 2, 0, 0, 0, 0);
  expect(conv2dForward(fused, convolution, 1, floats(3), weight, null)[0]).toBe(6);
  weight[0] = infinity;
  expect(conv2dForward(fused, convolution, 1, floats(3), weight, null)[0]).toBeNaN();
});

describe('augmentation', () => {
  const shape = { channels: 2, height: 2, width: 3 };
  const image = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

  test('a flip mirrors pixels, not channels', () => {
    expect([...flipImage(shape, image)]).toEqual([5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
  });

  test('a crop brings in zeros from outside', () => {
    expect(cropImage(shape, image, 1, 1, 1)).toEqual(image);
    expect([...cropImage(shape, image, 1, 0, 2)]).toEqual([0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 0, 0]);
    expect([...cropImage(shape, image, 2, 4, 0)]).toEqual(new Array(12).fill(0));
  });

  test('operators run in order, each with its own draws', () => {
    const steps = [
      { kind: 'randomCrop', name: 'randomCrop.1', padding: 1 },
      { kind: 'horizontalFlip', name: 'horizontalFlip.1', p: 0.5 },
    ] as const;
    const seen = new Set<boolean>();
    for (let sample = 0; sample < 20; sample++) {
      const { dy, dx } = drawCrop(augmentKey(3, 'randomCrop.1'), 1, sample, 2);
      const flip = drawFlip(augmentKey(3, 'horizontalFlip.1'), 0.5, sample, 2);
      const cropped = cropImage(shape, image, 1, dy, dx);
      expect(augmentImage(steps, 3, shape, image, sample, 2)).toEqual(flip ? flipImage(shape, cropped) : cropped);
      seen.add(flip);
    }
    expect(seen.size).toBe(2);
  });
});

test('bytes become numbers through the table of their channel', () => {
  const table = Float32Array.from({ length: 512 }, (_, i) => i / 2);
  expect([...pixelValues(fused, 2, table, Uint8Array.of(0, 0, 3, 255))]).toEqual([0, 128, 1.5, 255.5]);
});
