// batchNorm2d against PyTorch: training passes with their gradients, running statistics over several batches, evaluation.
// x − mean counts as two terms, so a large mean is part of the magnitudes.
import { describe, test } from 'vitest';
import {
  batchNormalizer,
  batchNormBackward,
  batchNormForward,
  batchNormMoments,
  runningNormalizer,
  updateRunning,
} from '../../trainer/kernels/reference/batchNorm2d.ts';
import { double, type Values } from '../../trainer/numbers/numbers.ts';
import { allNumbers, canonical, expectValues, input, load, magnitudes, mapsOf, stored, type Tensor } from './fixtures.ts';

interface BatchNormCase {
  eps: number;
  momentum: number;
  gamma: Tensor;
  beta: Tensor;
  steps: Record<'x' | 'dy' | 'y' | 'dx' | 'dgamma' | 'dbeta' | 'runningMean' | 'runningVariance', Tensor>[];
  evaluated: Tensor;
}

/** Sum over elements of each channel. */
function byChannel(values: Values, C: number): Float64Array {
  const sums = new Float64Array(C);
  for (const [i, value] of values.entries()) sums[i % C]! += value;
  return sums;
}

describe.each(allNumbers)('$name', (numbers) => {
  test.each(load<BatchNormCase[]>('batchNorm2d'))('batchNorm2d, momentum $momentum', ({ eps, momentum, steps, ...fixture }) => {
    const [gamma, beta] = [canonical(numbers, fixture.gamma), canonical(numbers, fixture.beta)];
    const C = gamma.length;
    const runningMean = numbers.allocate(C);
    const runningVariance = numbers.allocate(C).fill(1);
    let lastX = numbers.allocate(0);
    for (const step of steps) {
      const [x, dy] = [input(numbers, step.x), input(numbers, step.dy)];
      const shape = mapsOf(step.x);
      const batch = step.x.shape[0]!;
      const count = x.length / C;
      const moments = batchNormMoments(numbers, shape, batch, x);
      const normalizer = batchNormalizer(numbers, moments, eps);
      updateRunning(runningMean, runningVariance, moments, momentum);

      const exact = batchNormalizer(double, batchNormMoments(double, shape, batch, Float64Array.from(x)), eps);
      const scale = exact.inverseStd.map((value, c) => value * Math.abs(gamma[c]!));
      const centred = Float64Array.from(x, (value, i) => Math.abs(value) + Math.abs(exact.mean[i % C]!));
      const spread = byChannel(
        centred.map((_, i) => (x[i]! - exact.mean[i % C]!) ** 2),
        C,
      );
      const s1 = byChannel(magnitudes(dy), C);
      const s2 = byChannel(
        centred.map((value, i) => value * Math.abs(dy[i]!)),
        C,
      );

      const y = batchNormForward(numbers, C, x, normalizer, gamma, beta);
      expectValues(
        numbers,
        y,
        stored(step.y),
        count,
        centred.map((value, i) => value * scale[i % C]! + Math.abs(beta[i % C]!)),
      );

      const { dx, dgamma, dbeta } = batchNormBackward(numbers, shape, batch, x, dy, normalizer, gamma);
      const dxSums = centred.map((value, i) => {
        const c = i % C;
        return scale[c]! * (Math.abs(dy[i]!) + s1[c]! / count + (value * exact.inverseStd[c]! ** 2 * s2[c]!) / count);
      });
      expectValues(numbers, dx, stored(step.dx), count, dxSums);
      expectValues(
        numbers,
        dgamma,
        step.dgamma.values,
        count,
        s2.map((value, c) => value * exact.inverseStd[c]!),
      );
      expectValues(numbers, dbeta, step.dbeta.values, count, s1);

      expectValues(
        numbers,
        runningMean,
        step.runningMean.values,
        count,
        byChannel(magnitudes(x), C).map((sum) => sum / count),
      );
      expectValues(
        numbers,
        runningVariance,
        step.runningVariance.values,
        count,
        spread.map((sum) => 1 + sum / (count - 1)),
      );
      lastX = x;
    }
    const evaluated = batchNormForward(numbers, C, lastX, runningNormalizer(numbers, runningMean, runningVariance, eps), gamma, beta);
    const sums = Float64Array.from(lastX, (value, i) => {
      const c = i % C;
      return (
        (Math.abs(value) + Math.abs(runningMean[c]!)) * (Math.abs(gamma[c]!) / Math.sqrt(runningVariance[c]! + eps)) + Math.abs(beta[c]!)
      );
    });
    expectValues(numbers, evaluated, stored(fixture.evaluated), lastX.length / C, sums);
  });
});
