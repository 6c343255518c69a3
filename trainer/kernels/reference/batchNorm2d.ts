// Batch normalization over channels, as torch.nn.BatchNorm2d: biased variance for normalising, unbiased for the running value.
// Statistics are per sample in shifted sums, merged over samples in double, so a large mean costs no digits.
import type { Shape } from '../../network.ts';
import { fourPartials } from '../../numbers/folds.ts';
import { channelSum, foldSamples } from '../../numbers/groups.ts';
import { type Moments, mergeMoments, noMoments } from '../../numbers/moments.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** What x is normalised with, both (C), rounded to the numbers' kind. */
export interface Normalizer {
  mean: Values;
  inverseStd: Values;
}

/** Moments of channel c of sample n of x (N, H, W, C), over pixels, in double. */
export function sampleMoments({ round, madd }: Numbers, [C, H, W]: Shape, x: Values, n: number, c: number): Moments {
  const pixels = H * W;
  const at = (pixel: number) => x[(n * pixels + pixel) * C + c]!;
  const shift = at(0);
  const deviation = (pixel: number) => round(at(pixel) - shift);
  const s1 = fourPartials(pixels, (sum, pixel) => round(sum + deviation(pixel)), round);
  const s2 = fourPartials(pixels, (sum, pixel) => madd(deviation(pixel), deviation(pixel), sum), round);
  return { count: pixels, mean: shift + s1 / pixels, m2: Math.max(0, s2 - (s1 * s1) / pixels) };
}

/** Moments of each channel (C) of x (N, H, W, C), over samples and pixels, in double. */
export function batchNormMoments(numbers: Numbers, shape: Shape, batch: number, x: Values): Moments[] {
  const ofSample = (n: number, c: number) => sampleMoments(numbers, shape, x, n, c);
  return Array.from({ length: shape[0] }, (_, c) => foldSamples(batch, noMoments, (n) => ofSample(n, c), mergeMoments));
}

/** Mean and 1/√(variance + eps) from batch moments; the variance is biased. */
export function batchNormalizer({ allocate }: Numbers, moments: readonly Moments[], eps: number): Normalizer {
  return {
    mean: allocate(moments.length).map((_, c) => moments[c]!.mean),
    inverseStd: allocate(moments.length).map((_, c) => 1 / Math.sqrt(moments[c]!.m2 / moments[c]!.count + eps)),
  };
}

/** The same from running statistics, both (C), for evaluation. */
export function runningNormalizer({ allocate }: Numbers, mean: Values, variance: Values, eps: number): Normalizer {
  return { mean, inverseStd: allocate(mean.length).map((_, c) => 1 / Math.sqrt(variance[c]! + eps)) };
}

/** Moves running mean and variance (C) in place: (1 − momentum)·running + momentum·new in double, the new variance unbiased. */
export function updateRunning(mean: Values, variance: Values, moments: readonly Moments[], momentum: number): void {
  for (const [c, { count, mean: newMean, m2 }] of moments.entries()) {
    mean[c] = (1 - momentum) * mean[c]! + momentum * newMean;
    variance[c] = (1 - momentum) * variance[c]! + momentum * (m2 / (count - 1));
  }
}

/** y (N, H, W, C) = (x − mean)·(gamma·inverseStd) + beta. */
export function batchNormForward(
  { round, madd, allocate }: Numbers,
  C: number,
  x: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
  beta: Values,
): Values {
  const scale = allocate(C).map((_, c) => gamma[c]! * inverseStd[c]!);
  return allocate(x.length).map((_, i) => {
    const c = i % C;
    return madd(round(x[i]! - mean[c]!), scale[c]!, beta[c]!);
  });
}

export interface BatchNormGradients {
  /** (N, H, W, C) */
  dx: Values;
  /** (C) */
  dgamma: Values;
  /** (C) */
  dbeta: Values;
}

/** Gradients of dy (N, H, W, C) through the normalisation and the batch statistics. */
export function batchNormBackward(
  { round, madd, allocate }: Numbers,
  [C, H, W]: Shape,
  batch: number,
  x: Values,
  dy: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
): BatchNormGradients {
  const pixels = H * W;
  const sums = allocate(batch * C);
  const products = allocate(batch * C);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < C; c++) {
      const at = (pixel: number) => (n * pixels + pixel) * C + c;
      const centred = (pixel: number) => round(x[at(pixel)]! - mean[c]!);
      sums[n * C + c] = fourPartials(pixels, (sum, pixel) => round(sum + dy[at(pixel)]!), round);
      products[n * C + c] = fourPartials(pixels, (sum, pixel) => madd(dy[at(pixel)]!, centred(pixel), sum), round);
    }
  }
  const dgamma = allocate(C);
  const dbeta = allocate(C);
  // dx = A·dy + B·(x − mean) + C, one of each a channel.
  const factorOfGradient = allocate(C);
  const factorOfCentred = allocate(C);
  const constant = allocate(C);
  const count = batch * pixels;
  for (let c = 0; c < C; c++) {
    const s1 = channelSum(sums, batch, C, c);
    const s2 = channelSum(products, batch, C, c);
    const scale = round(gamma[c]! * inverseStd[c]!);
    dbeta[c] = s1;
    dgamma[c] = s2 * inverseStd[c]!;
    factorOfGradient[c] = scale;
    factorOfCentred[c] = (-scale * inverseStd[c]! * inverseStd[c]! * s2) / count;
    constant[c] = (-scale * s1) / count;
  }
  const dx = allocate(x.length).map((_, i) => {
    const c = i % C;
    return madd(round(x[i]! - mean[c]!), factorOfCentred[c]!, madd(dy[i]!, factorOfGradient[c]!, constant[c]!));
  });
  return { dx, dgamma, dbeta };
}
