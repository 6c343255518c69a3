// relu, gelu, max and average pooling, dropout and cross-entropy against PyTorch.
import { describe, expect, test } from 'vitest';
import { activationBackward, activationForward } from '../../trainer/kernels/reference/activations.ts';
import { avgPoolBackward, avgPoolForward } from '../../trainer/kernels/reference/avgPool2d.ts';
import { crossEntropy } from '../../trainer/kernels/reference/crossEntropy.ts';
import { applyDropout } from '../../trainer/kernels/reference/dropout.ts';
import { maxPoolBackward, maxPoolForward } from '../../trainer/kernels/reference/maxPool2d.ts';
import { poolingOf } from '../../trainer/layers/poolings.ts';
import { double } from '../../trainer/numbers/numbers.ts';
import { averagePool, gelu, pool, relu } from '../trainer/reference/tiny.ts';
import { allNumbers, expectValues, input, load, magnitudes, mapsOf, stored, type Tensor } from './fixtures.ts';

type Elementwise = Record<'x' | 'dy' | 'y' | 'dx', Tensor>;

describe.each(allNumbers)('$name', (numbers) => {
  test('relu, exactly', () => {
    const fixture = load<Elementwise>('relu');
    const [x, dy] = [input(numbers, fixture.x), input(numbers, fixture.dy)];
    expectValues(double, activationForward(numbers, relu('r'), x), fixture.y.values.map(Math.fround), 1, 0);
    expectValues(double, activationBackward(numbers, relu('r'), x, dy), fixture.dx.values.map(Math.fround), 1, 0);
  });

  test('gelu', () => {
    const fixture = load<Elementwise>('gelu');
    const [x, dy] = [input(numbers, fixture.x), input(numbers, fixture.dy)];
    // Φ is a polynomial of twelve terms that add up to 1 at most; the slope adds x·φ(x).
    const slopes = Float64Array.from(x, (value, i) => Math.abs(dy[i]!) * (1 + Math.abs(value)));
    expectValues(numbers, activationForward(numbers, gelu('g'), x), stored(fixture.y), 12, magnitudes(x));
    expectValues(numbers, activationBackward(numbers, gelu('g'), x, dy), stored(fixture.dx), 12, slopes);
  });

  test.each(load<(Elementwise & { kernel: number; stride: number })[]>('avgPool2d'))(
    'avgPool2d, kernel $kernel, stride $stride',
    ({ kernel, stride, ...fixture }) => {
      const pooling = poolingOf(averagePool('a', kernel, stride), mapsOf(fixture.x));
      const [batch, x, dy] = [fixture.x.shape[0]!, input(numbers, fixture.x), input(numbers, fixture.dy)];
      const sums = avgPoolForward(double, pooling, batch, magnitudes(x));
      expectValues(numbers, avgPoolForward(numbers, pooling, batch, x), stored(fixture.y), kernel * kernel, sums);
      const gradientSums = avgPoolBackward(double, pooling, batch, magnitudes(dy));
      expectValues(numbers, avgPoolBackward(numbers, pooling, batch, dy), stored(fixture.dx), kernel * kernel, gradientSums);
    },
  );

  test.each(load<(Elementwise & { kernel: number; stride: number })[]>('maxPool2d'))(
    'maxPool2d, kernel $kernel, stride $stride',
    ({ kernel, stride, ...fixture }) => {
      const pooling = poolingOf(pool('p', kernel, stride), mapsOf(fixture.x));
      const [batch, x, dy] = [fixture.x.shape[0]!, input(numbers, fixture.x), input(numbers, fixture.dy)];
      const y = maxPoolForward(numbers, pooling, batch, x);
      expect([...y]).toEqual(stored(fixture.y).map(Math.fround));
      const sums = maxPoolBackward(double, pooling, batch, x, y, magnitudes(dy));
      expectValues(numbers, maxPoolBackward(numbers, pooling, batch, x, y, dy), stored(fixture.dx), kernel * kernel, sums);
    },
  );

  test.each(load<(Elementwise & { p: number; kept: number[] })[]>('dropout'))('dropout $p, under PyTorch’s mask', (fixture) => {
    const factors = numbers.allocate(fixture.kept.length).map((_, i) => (fixture.kept[i] === 1 ? 1 / (1 - fixture.p) : 0));
    const [x, dy] = [input(numbers, fixture.x), input(numbers, fixture.dy)];
    expectValues(numbers, applyDropout(numbers, factors, x), fixture.y.values, 1, magnitudes(Float64Array.from(fixture.y.values)));
    expectValues(numbers, applyDropout(numbers, factors, dy), fixture.dx.values, 1, magnitudes(Float64Array.from(fixture.dx.values)));
  });

  test.each(load<{ logits: Tensor; labels: number[]; losses: Tensor; dlogits: Tensor; predictions: number[] }[]>('crossEntropy'))(
    'cross-entropy of $logits.shape',
    (fixture) => {
      const [batch, K] = fixture.logits.shape as [number, number];
      const logits = input(numbers, fixture.logits);
      const { losses, predictions, dlogits } = crossEntropy(numbers, K, logits, Uint8Array.from(fixture.labels));
      expect([...predictions]).toEqual(fixture.predictions);
      // Terms of a loss: the sum of exponentials, at least 1, then its logarithm, the label's logit and the largest one.
      const largest = Math.max(...magnitudes(logits));
      expectValues(numbers, losses, fixture.losses.values, K, 1 + Math.log(K) + 2 * largest);
      const sums = Float64Array.from(fixture.dlogits.values, (value, i) => {
        const isLabel = fixture.labels[Math.floor(i / K)] === i % K ? 1 : 0;
        const probability = value * batch + isLabel;
        return (probability * (1 + 2 * largest) + isLabel) / batch;
      });
      expectValues(numbers, dlogits, fixture.dlogits.values, K, sums);
    },
  );
});
