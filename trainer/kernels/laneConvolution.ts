// Convolutions whose channels keep to themselves, or nearly: depthwise ones, and groups of fewer than 16 channels. There is nothing to
// contract over channels, so a lane is an output channel and takes an x of its own: of a depthwise convolution the pixel itself, otherwise
// a pixel spread so that each lane finds its group's channels, one after another (spread.ts). Chains as in docs/numerics.md: rows of the
// kernel, columns, channels of the group. Weights are packed [out/16][kernel row][kernel column · channel of the group][16].
import type { Axis } from '../layers/axis.ts';
import { axisPhases } from './convolutionInputGradient.ts';
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import type { LanePlane } from './lanePlane.ts';
import { overRows, type Rows, type TapWalk } from './laneRows.ts';
import { BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

export interface LaneShape {
  input: LanePlane;
  output: Plane;
  down: Axis;
  across: Axis;
  bias: boolean;
}

/** Weights of one channel. */
export function termsOf({ input, down, across }: LaneShape): number {
  return down.kernel * across.kernel * input.depth;
}

/** Kernel (input plane, weights, bias, output plane) for one sample. */
export function laneForward(shape: LaneShape, tileRows: number): KernelBody {
  const { input, output, down, across, bias } = shape;
  const walk = ({ kernel, dilation }: Axis): TapWalk => ({ taps: Array.from({ length: kernel }, (_, tap) => tap), step: dilation });
  return (e, x, w, b, y) => {
    e.step(x, input.origin - down.before * input.rowBytes - across.before * input.pixelBytes);
    e.step(y, output.origin);
    const rows: Rows = {
      height: output.height,
      length: output.width,
      x,
      w,
      plane: input,
      rows: walk(down),
      columns: walk(across),
      kernel: across.kernel,
      stride: across.stride,
      xRow: down.stride * input.rowBytes,
      blocks: blocksOf(output.channels),
      blockBytes: termsOf(shape) * BLOCK_BYTES,
      bias: b,
      beside: [{ pointer: y, pixel: output.pixelBytes, row: output.rowBytes }],
      finish([at], biasAt, pixel, sum) {
        if (bias) plus(e, sum, biasAt, 0);
        e.store(at!, pixel * output.pixelBytes, sum);
      },
    };
    overRows(e, rows, tileRows);
  };
}

/** sum += what lies there. */
function plus(e: Emitter, sum: Lanes, at: Pointer, offset: number): void {
  e.scope(() => {
    const term = e.lanes(sum.width);
    e.load(term, at, offset);
    e.add(sum, sum, term);
  });
}

/** Planes of a gradient on its way back: lanes are input channels, `dy` holds the outputs of each channel's group. */
export interface LaneGradientPlanes {
  dy: LanePlane;
  dx: Plane;
  addend: Plane | null;
}

/**
 * Kernel (output gradient, weights, input gradient, addend) for one sample: per input pixel one chain over the output pixels that saw it,
 * ascending, then over the outputs of the group. Weights are packed [in/16][kernel row][kernel column · output of the group][16].
 */
export function laneInputGradient({ down, across }: LaneShape, { dy, dx, addend }: LaneGradientPlanes, tileRows: number): KernelBody {
  const phases = axisPhases(dx.height, down).flatMap((rows) => axisPhases(dx.width, across).map((columns) => ({ rows, columns })));
  const written = [dx, ...(addend ? [addend] : [])];
  return (e, gradient, weights, result, other) => {
    for (const { rows: phaseDown, columns: phaseAcross } of phases) {
      e.scope(() => {
        const beside = written.map((plane, i) => ({
          pointer: e.pointer(
            i === 0 ? result : other,
            plane.origin + phaseDown.first * plane.rowBytes + phaseAcross.first * plane.pixelBytes,
          ),
          pixel: across.stride * plane.pixelBytes,
          row: down.stride * plane.rowBytes,
        }));
        const rows: Rows = {
          height: phaseDown.count,
          length: phaseAcross.count,
          x: e.pointer(gradient, dy.origin + phaseDown.start * dy.rowBytes + phaseAcross.start * dy.pixelBytes),
          w: weights,
          plane: dy,
          rows: phaseDown,
          columns: phaseAcross,
          kernel: across.kernel,
          stride: 1,
          xRow: dy.rowBytes,
          blocks: blocksOf(dx.channels),
          blockBytes: down.kernel * across.kernel * dy.depth * BLOCK_BYTES,
          bias: weights,
          beside,
          finish([at, otherAt], _bias, pixel, sum) {
            if (otherAt) plus(e, sum, otherAt, pixel * beside[1]!.pixel);
            e.store(at!, pixel * beside[0]!.pixel, sum);
          },
        };
        overRows(e, rows, tileRows);
      });
    }
  };
}
