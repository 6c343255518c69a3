// Group normalization, as torch.nn.GroupNorm: each sample's groups of neighbouring channels by their own mean and biased variance.
// Statistics are those of batch norm a sample and channel, merged over the channels of a group in double.
import type { Shape } from '../../network.ts';
import { fourPartials } from '../../numbers/folds.ts';
import { channelSum } from '../../numbers/groups.ts';
import { mergeMoments, noMoments } from '../../numbers/moments.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { type Normalizer, sampleMoments } from './batchNorm2d.ts';

/** Mean and 1/√(variance + eps) of each group, both (N, G). */
export function groupNormalizer(numbers: Numbers, shape: Shape, groups: number, batch: number, x: Values, eps: number): Normalizer {
  const [mean, inverseStd] = [numbers.allocate(batch * groups), numbers.allocate(batch * groups)];
  const channels = shape[0] / groups;
  for (let place = 0; place < batch * groups; place++) {
    const [n, first] = [Math.floor(place / groups), (place % groups) * channels];
    const ofChannels = Array.from({ length: channels }, (_, i) => sampleMoments(numbers, shape, x, n, first + i));
    const moments = ofChannels.reduce(mergeMoments, noMoments);
    mean[place] = moments.mean;
    inverseStd[place] = 1 / Math.sqrt(moments.m2 / moments.count + eps);
  }
  return { mean, inverseStd };
}

/** Of element i of x (N, H, W, C): its channel, and the place of its group in (N, G). */
function placesOf([C, H, W]: Shape, groups: number, i: number): { c: number; group: number } {
  const c = i % C;
  return { c, group: Math.floor(i / (C * H * W)) * groups + Math.floor(c / (C / groups)) };
}

/** y (N, H, W, C) = (x − mean)·(gamma·inverseStd) + beta. */
export function groupNormForward(
  { round, madd, allocate }: Numbers,
  shape: Shape,
  groups: number,
  x: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
  beta: Values,
): Values {
  return allocate(x.length).map((_, i) => {
    const { c, group } = placesOf(shape, groups, i);
    return madd(round(x[i]! - mean[group]!), round(gamma[c]! * inverseStd[group]!), beta[c]!);
  });
}

export interface NormGradients {
  /** (N, H, W, C) */
  dx: Values;
  /** As gamma and beta. */
  dgamma: Values;
  dbeta: Values;
}

/** Gradients of dy (N, H, W, C) through the normalisation and the statistics. */
export function groupNormBackward(
  { round, madd, allocate }: Numbers,
  shape: Shape,
  groups: number,
  batch: number,
  x: Values,
  dy: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
): NormGradients {
  const [C, H, W] = shape;
  const pixels = H * W;
  const count = (C / groups) * pixels;
  const sums = allocate(batch * C);
  const products = allocate(batch * C);
  /** Products times 1/std: what the samples add to dgamma. */
  const scaled = allocate(batch * C);
  // Of each group, in double: sums of gamma·(sum of g), and of gamma·(sum of g·(x − mean)).
  const totals = new Float64Array(batch * groups);
  const centredTotals = new Float64Array(batch * groups);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < C; c++) {
      const at = (pixel: number) => (n * pixels + pixel) * C + c;
      const { group } = placesOf(shape, groups, at(0));
      const centred = (pixel: number) => round(x[at(pixel)]! - mean[group]!);
      const place = n * C + c;
      sums[place] = fourPartials(pixels, (sum, pixel) => round(sum + dy[at(pixel)]!), round);
      products[place] = fourPartials(pixels, (sum, pixel) => madd(dy[at(pixel)]!, centred(pixel), sum), round);
      scaled[place] = products[place]! * inverseStd[group]!;
      totals[group]! += gamma[c]! * sums[place]!;
      centredTotals[group]! += gamma[c]! * products[place]!;
    }
  }
  const factorOfCentred = allocate(batch * groups).map((_, group) => {
    const inverse = inverseStd[group]!;
    return (-inverse * inverse * inverse * centredTotals[group]!) / count;
  });
  const constant = allocate(batch * groups).map((_, group) => (-inverseStd[group]! * totals[group]!) / count);
  const dx = allocate(x.length).map((_, i) => {
    const { c, group } = placesOf(shape, groups, i);
    const scale = round(gamma[c]! * inverseStd[group]!);
    return madd(round(x[i]! - mean[group]!), factorOfCentred[group]!, madd(dy[i]!, scale, constant[group]!));
  });
  return {
    dx,
    dgamma: allocate(C).map((_, c) => channelSum(scaled, batch, C, c)),
    dbeta: allocate(C).map((_, c) => channelSum(sums, batch, C, c)),
  };
}
