// Layer normalization of whole samples, as torch.nn.LayerNorm([C, H, W]): by the sample's own mean and biased variance, then a factor and an
// addend for each element. Statistics as groupNorm.ts takes them of one group.
import type { Shape } from '../../network.ts';
import { fourPartials } from '../../numbers/folds.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import type { Normalizer } from './batchNorm2d.ts';
import type { NormGradients } from './groupNorm.ts';
import { canonicalColumns } from './linear.ts';

/** y (N, H, W, C) = (x − mean)·inverseStd·gamma + beta; mean and inverseStd (N), gamma and beta (C, H, W). */
export function layerNormForward(
  { round, madd, allocate }: Numbers,
  shape: Shape,
  x: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
  beta: Values,
): Values {
  const places = canonicalColumns(shape);
  return allocate(x.length).map((_, i) => {
    const [n, place] = [Math.floor(i / places.length), places[i % places.length]!];
    return madd(round(round(x[i]! - mean[n]!) * inverseStd[n]!), gamma[place]!, beta[place]!);
  });
}

/** Gradients of dy (N, H, W, C) through the normalisation and the statistics. */
export function layerNormBackward(
  { round, madd, allocate }: Numbers,
  shape: Shape,
  batch: number,
  x: Values,
  dy: Values,
  { mean, inverseStd }: Normalizer,
  gamma: Values,
): NormGradients {
  const [C, H, W] = shape;
  const [pixels, elements] = [H * W, C * H * W];
  const places = canonicalColumns(shape);
  const dx = allocate(x.length);
  const dgamma = allocate(elements);
  const dbeta = allocate(elements);
  for (let n = 0; n < batch; n++) {
    const at = (pixel: number, c: number) => pixel * C + c;
    const centred = (i: number) => round(x[n * elements + i]! - mean[n]!);
    const gradient = (i: number) => dy[n * elements + i]!;
    const scaled = (i: number) => round(gradient(i) * gamma[places[i]!]!);
    // Over channels in double.
    let total = 0;
    let centredTotal = 0;
    for (let c = 0; c < C; c++) {
      total += fourPartials(pixels, (sum, pixel) => round(sum + scaled(at(pixel, c))), round);
      centredTotal += fourPartials(pixels, (sum, pixel) => madd(scaled(at(pixel, c)), centred(at(pixel, c)), sum), round);
    }
    const inverse = inverseStd[n]!;
    const factorOfCentred = round((-inverse * inverse * inverse * centredTotal) / elements);
    const constant = round((-inverse * total) / elements);
    for (let i = 0; i < elements; i++) {
      dx[n * elements + i] = madd(centred(i), factorOfCentred, madd(scaled(i), inverse, constant));
      const place = places[i]!;
      dgamma[place] = madd(gradient(i), round(centred(i) * inverse), dgamma[place]!);
      dbeta[place] = round(dbeta[place]! + gradient(i));
    }
  }
  return { dx, dgamma, dbeta };
}
