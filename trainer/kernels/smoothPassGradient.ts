// Backward through a smooth pass in one walk over the pixels in order: the share of its window's gradient, or all of it for the winner of
// max pooling; then the activation's slope; then batch norm, which needs two sums over the batch first (`sums`, then `normalized`).
import { constantOffset, winnerOf } from './channelPass.ts';
import type { GradientForm } from './channelPassGradient.ts';
import type { KernelBody } from './emit/kernels.ts';
import { overPixels, WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { type Plane, padded } from './plane.ts';
import { type SmoothPass, share } from './smoothPass.ts';

export interface SmoothGradientPlanes {
  x: Plane;
  /** A slope for each pixel, where the activation keeps them. Otherwise any plane. */
  slopes: Plane;
  /** Of max pooling. Otherwise any plane. */
  winners: Plane;
  /** x − mean of the windows' winners, which sums read instead of x; slopes are the winners' too then (channelPass.ts). */
  kept: Plane | null;
  gradient: Plane;
  result: Plane;
}

/**
 * Kernel (x or what was kept of winners, slopes, winners, gradient, result, constants, sums) for one sample; windows tile the plane. `sums` are, where the form says so,
 * of the arriving g and of g·(x − mean), 2 x channels; otherwise, with `totals`, of the result, (channels).
 */
export function smoothPassGradient(pass: SmoothPass, planes: SmoothGradientPlanes, form: GradientForm, totals: boolean): KernelBody {
  const { input, batchNorm, activation, pool } = pass;
  const window = pool?.kernel ?? 1;
  const channelBytes = padded(input.channels) * 4;
  const bySlope = activation?.keepsSlope ?? false;
  const fromX = activation !== null && !bySlope;
  const needsX = fromX || (batchNorm && form !== 'routed');
  const max = pool?.kind === 'max';
  const kept = form === 'sums' ? planes.kept : null;
  return (e, x, slopes, winners, gradient, result, constants, sums) => {
    const lanes = () => e.lanes(WIDTH);
    const through = activation?.backward(e, WIDTH);
    const [mean, scale, beta, ofCentred, addend, factor] = [lanes(), lanes(), lanes(), lanes(), lanes(), lanes()];
    const [arriving, centred, other] = [lanes(), lanes(), lanes()];
    e.constant(factor, share(pass));
    e.step(x, (kept ?? planes.x).origin);
    e.step(slopes, planes.slopes.origin);
    e.step(winners, planes.winners.origin);
    e.step(gradient, planes.gradient.origin);
    e.step(result, planes.result.origin);
    e.loop(channelBytes / WIDTH_BYTES, () => {
      if (batchNorm) {
        e.load(mean, constants, constantOffset(input, 'mean'));
        e.load(scale, constants, constantOffset(input, 'scale'));
        e.load(beta, constants, constantOffset(input, 'beta'));
        e.load(ofCentred, constants, constantOffset(input, 'ofCentred'));
        e.load(addend, constants, constantOffset(input, 'addend'));
      }
      overPixels(e, {
        size: planes.x,
        walked: [
          kept ? { pointer: x, plane: kept, window } : { pointer: x, plane: planes.x, window: 1 },
          { pointer: gradient, plane: planes.gradient, window },
          { pointer: result, plane: planes.result, window: 1 },
          ...(bySlope ? [{ pointer: slopes, plane: planes.slopes, window: planes.kept ? window : 1 }] : []),
          ...(max ? [{ pointer: winners, plane: planes.winners, window }] : []),
        ],
        sums: form === 'sums' ? 2 : totals ? 1 : 0,
        pixel([xAt, gAt, resultAt, ...beside], place, partials) {
          e.load(arriving, gAt!, 0);
          if (pool?.kind === 'average') e.times(arriving, arriving, factor);
          if (needsX) {
            e.load(centred, xAt!, 0);
            if (batchNorm && !kept) e.subtract(centred, centred, mean);
          }
          if (max) {
            e.load(other, beside.at(-1)!, 0);
            e.scope(() => {
              const here = lanes();
              e.constant(here, winnerOf(place));
              e.equal(other, other, here);
            });
            e.and(arriving, arriving, other);
          }
          if (bySlope) e.load(other, beside[0]!, 0);
          else if (fromX && batchNorm) e.madd(other, centred, scale, beta);
          else if (fromX) e.copy(other, centred);
          through?.(arriving, other);
          if (form === 'sums') {
            e.add(partials[0]!, partials[0]!, arriving);
            e.madd(partials[1]!, arriving, centred, partials[1]!);
            return;
          }
          if (form === 'normalized') {
            e.madd(arriving, arriving, scale, addend);
            e.madd(arriving, centred, ofCentred, arriving);
          }
          e.store(resultAt!, 0, arriving);
          if (totals) e.add(partials[0]!, partials[0]!, arriving);
        },
        finish(folded) {
          folded.forEach((sum, i) => {
            e.store(sums, i * channelBytes, sum);
          });
        },
      });
      for (const pointer of [x, slopes, winners, gradient, result, constants, sums]) e.step(pointer, WIDTH_BYTES);
    });
  };
}
