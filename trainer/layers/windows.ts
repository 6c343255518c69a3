// Which pixels each output of a pooling layer looks at, along each axis, as torch.nn's pooling classes choose them. What is made of the pixels
// is not said here.
import type { Shape } from '../network.ts';
import { type Axis, spanOf } from './axis.ts';
import type { Misfit } from './family.ts';

/** The windows along one axis, one for each output. */
export interface Windows {
  /** First pixel within the maps, and how many, `dilation` apart; padding is left out. */
  spans: readonly { first: number; count: number }[];
  dilation: number;
  /** What an average divides by: of both axes the product. */
  divisors: readonly number[];
  /** Whether windows may share pixels. */
  overlap: boolean;
  /** Where window o begins at pixel o·stride and every one has `kernel` neighbouring pixels, averages dividing by as many. */
  regular: { kernel: number; stride: number } | null;
}

/** Static configuration of one pooling layer, of any kind. */
export interface Pooling {
  /** (C, H, W) */
  input: Shape;
  /** (C, OH, OW) */
  output: Shape;
  rows: Windows;
  columns: Windows;
}

export interface WindowOptions {
  /** Whether windows that begin within the maps or the padding before them, and end beyond, count. */
  ceilMode?: boolean | undefined;
  /** Whether averages count padding; what ceilMode adds beyond it never counts. */
  countIncludePad?: boolean | undefined;
}

function lengthOf(size: number, axis: Axis, ceilMode: boolean): number {
  const steps = (size + axis.before + axis.after - spanOf(axis)) / axis.stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const length = Math.ceil(steps) + 1;
  // The last window must begin within the maps or the padding before them.
  return (length - 1) * axis.stride >= size + axis.before ? length - 1 : length;
}

/** Windows of a fixed size over `size` pixels; none where not even one fits. */
function windowsAlong(size: number, axis: Axis, { ceilMode = false, countIncludePad = true }: WindowOptions): Windows {
  const { kernel, stride, dilation, before, after } = axis;
  const starts = Array.from({ length: Math.max(0, lengthOf(size, axis, ceilMode)) }, (_, o) => o * stride - before);
  const spans = starts.map((start) => {
    const inside = Array.from({ length: kernel }, (_, i) => start + i * dilation).filter((pixel) => pixel >= 0 && pixel < size);
    return { first: inside[0] ?? 0, count: inside.length };
  });
  const padded = starts.map((start) => Math.min(start + kernel, size + after) - start);
  const divisors = countIncludePad ? padded : spans.map(({ count }) => count);
  const whole = dilation === 1 && before === 0 && spans.every(({ count }) => count === kernel);
  return { spans, dilation, divisors, overlap: stride < spanOf(axis), regular: whole ? { kernel, stride } : null };
}

/** `outputs` windows that cover `size` pixels as evenly as may be: output o from ⌊o·size/outputs⌋ to ⌈(o + 1)·size/outputs⌉. */
function adaptiveWindows(size: number, outputs: number): Windows {
  const spans = Array.from({ length: outputs }, (_, o) => {
    const first = Math.floor((o * size) / outputs);
    return { first, count: Math.ceil(((o + 1) * size) / outputs) - first };
  });
  const divides = size % outputs === 0;
  const kernel = size / outputs;
  return {
    spans,
    dilation: 1,
    divisors: spans.map(({ count }) => count),
    overlap: !divides,
    regular: divides ? { kernel, stride: kernel } : null,
  };
}

function join([channels, ...size]: Shape, rows: Windows, columns: Windows): Pooling {
  return { input: [channels, ...size], output: [channels, rows.spans.length, columns.spans.length], rows, columns };
}

/** Pooling through windows of a fixed size. */
export function fixedPooling(input: Shape, [down, across]: readonly [Axis, Axis], options: WindowOptions): Pooling {
  return join(input, windowsAlong(input[1], down, options), windowsAlong(input[2], across, options));
}

/** Pooling to `outputs`, (rows, columns). */
export function adaptivePooling(input: Shape, outputs: readonly [number, number]): Pooling {
  return join(input, adaptiveWindows(input[1], outputs[0]), adaptiveWindows(input[2], outputs[1]));
}

/** The output's shape, or what the windows `axes` would need. */
export function fixedOutput({ output }: Pooling, axes: readonly [Axis, Axis], { ceilMode = false }: WindowOptions): Shape | Misfit {
  if (output[1] > 0 && output[2] > 0) return output;
  const least = axes.map((axis) => Math.max(1, spanOf(axis) - axis.before - axis.after - (ceilMode ? axis.stride - 1 : 0)));
  return { takes: `maps of at least ${least.join(' × ')}`, help: 'pool less often, or with a smaller kernel' };
}

/** Both sides of square windows that are regular along both axes; what fast kernels take. Null for all others. */
export function squareWindows({ rows: { regular: down }, columns: { regular: across } }: Pooling): Windows['regular'] {
  return down && across && down.kernel === across.kernel && down.stride === across.stride ? down : null;
}
