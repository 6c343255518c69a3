// Backward through batch norm, ReLU and max pooling in one walk over the pixels in order: to each comes the gradient of its window if it
// was the winner, the first to equal the maximum, and nothing otherwise. Batch norm needs two sums over the whole batch before it can go on,
// so it comes twice: once to add up (`sums`), once to finish (`normalized`). Because the pixels come in order, sums over them are taken in passing.
import { type ChannelPass, constantOffset, winnerOf } from './channelPass.ts';
import type { Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { overPixels, WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { type Plane, padded } from './plane.ts';

/** What a walk gives: `routed` is the gradient behind batch norm, `normalized` in front of it. */
export type GradientForm = 'sums' | 'routed' | 'normalized';

export interface GradientPlanes {
  x: Plane;
  /** Where pooling has kept x − mean of each window's winner, sums read it instead of x: a quarter of the memory for windows of 2 x 2. */
  kept: Plane | null;
  /** What decides where a gradient goes: the winners of pooling, or the output of ReLU alone. */
  gate: Plane;
  gradient: Plane;
  result: Plane;
  /**
   * At a residual block: where the gradient of the sum is kept for the shortcut (`keep`, before batch norm), or the shortcut's gradient that
   * is added to the result (`add`).
   */
  beside: { plane: Plane; use: 'keep' | 'add' } | null;
}

/**
 * Kernel (x or what was kept, gate, gradient, result, constants, sums, beside) for one sample. `sums` are, where the form says so, of the
 * arriving g and of g·(x − mean), 2 x channels; otherwise, with `totals`, of the result, (channels).
 */
export function channelPassGradient(pass: ChannelPass, planes: GradientPlanes, form: GradientForm, totals: boolean): KernelBody {
  const window = pass.pool?.kernel ?? 1;
  const channelBytes = padded(pass.input.channels) * 4;
  const kept = form === 'sums' ? planes.kept : null;
  const besidePlane = planes.beside?.plane ?? planes.result;
  return (e, x, gate, gradient, result, constants, sums, beside) => {
    const lanes = () => e.lanes(WIDTH);
    const [mean, scale, arriving, centred, winner, place, zero] = [lanes(), lanes(), lanes(), lanes(), lanes(), lanes(), lanes()];
    const [ofCentred, addend] = [lanes(), lanes()];
    e.zero(zero);

    /** arriving = what comes to the pixel at `index` of its window. */
    function arrive(gAt: Parameters<typeof e.load>[1], gateAt: Parameters<typeof e.load>[1], index: number): void {
      e.load(arriving, gAt, 0);
      if (pass.pool) {
        e.load(winner, gateAt, 0);
        e.constant(place, winnerOf(index));
        e.equal(winner, winner, place);
        e.and(arriving, arriving, winner);
      } else if (pass.relu) {
        e.load(winner, gateAt, 0);
        e.lessOrEqual(winner, winner, zero);
        e.andNot(arriving, arriving, winner);
      }
    }
    function centre(xAt: Parameters<typeof e.load>[1]): void {
      e.load(centred, xAt, 0);
      if (!kept) e.subtract(centred, centred, mean);
    }

    e.step(x, (kept ?? planes.x).origin);
    e.step(gate, planes.gate.origin);
    e.step(gradient, planes.gradient.origin);
    e.step(result, planes.result.origin);
    e.step(beside, besidePlane.origin);
    e.loop(channelBytes / WIDTH_BYTES, () => {
      if (pass.batchNorm) {
        e.load(mean, constants, constantOffset(pass.input, 'mean'));
        e.load(scale, constants, constantOffset(pass.input, 'scale'));
        e.load(ofCentred, constants, constantOffset(pass.input, 'ofCentred'));
        e.load(addend, constants, constantOffset(pass.input, 'addend'));
      }
      overPixels(e, {
        size: planes.x,
        walked: [
          kept ? { pointer: x, plane: kept, window } : { pointer: x, plane: planes.x, window: 1 },
          { pointer: gate, plane: planes.gate, window },
          { pointer: gradient, plane: planes.gradient, window },
          { pointer: result, plane: planes.result, window: 1 },
          ...(planes.beside ? [{ pointer: beside, plane: besidePlane, window: 1 }] : []),
        ],
        sums: form === 'sums' ? 2 : totals ? 1 : 0,
        pixel([xAt, gateAt, gAt, resultAt, besideAt], index, partials) {
          arrive(gAt!, gateAt!, index);
          if (planes.beside?.use === 'keep') e.store(besideAt!, 0, arriving);
          if (form !== 'routed') centre(xAt!);
          if (form === 'sums') {
            e.add(partials[0]!, partials[0]!, arriving);
            e.madd(partials[1]!, arriving, centred, partials[1]!);
            return;
          }
          if (form === 'normalized') {
            e.madd(arriving, arriving, scale, addend);
            e.madd(arriving, centred, ofCentred, arriving);
          }
          if (planes.beside?.use === 'add') {
            e.load(centred, besideAt!, 0);
            e.add(arriving, arriving, centred);
          }
          e.store(resultAt!, 0, arriving);
          if (totals) e.add(partials[0]!, partials[0]!, arriving);
        },
        finish(folded: readonly Lanes[]) {
          folded.forEach((sum, i) => {
            e.store(sums, i * channelBytes, sum);
          });
        },
      });
      for (const pointer of [x, gate, gradient, result, constants, sums, beside]) e.step(pointer, WIDTH_BYTES);
    });
  };
}
