// How a convolution looks along one axis: settings that are one number, or a pair for rows and columns, become one axis each.

/** One number for both axes, or [rows, columns]. */
export type Sides = number | readonly [rows: number, columns: number];

/** Along one axis, in pixels. */
export interface Axis {
  kernel: number;
  stride: number;
  /** From tap to tap. */
  dilation: number;
  /** Padding before the first pixel and after the last. */
  before: number;
  after: number;
}

/** Settings as a canonical layer has them. */
export interface WindowSettings {
  kernel: Sides;
  stride: Sides;
  padding: Sides | 'same';
  dilation?: Sides | undefined;
}

/** The setting of one axis, 0 for rows and 1 for columns. */
function sideOf(sides: Sides, axis: 0 | 1): number {
  return typeof sides === 'number' ? sides : sides[axis];
}

/** A pair of equal numbers is written as one. */
export function plain<S extends Sides>(sides: S): S | number {
  return typeof sides !== 'number' && sides[0] === sides[1] ? sides[0] : sides;
}

/** Both axes. `same` pads so that as many pixels come out as go in, one more at the end where the sum is odd, as PyTorch does. */
export function axesOf({ kernel, stride, padding, dilation = 1 }: WindowSettings): [down: Axis, across: Axis] {
  return ([0, 1] as const).map((axis): Axis => {
    const own = { kernel: sideOf(kernel, axis), stride: sideOf(stride, axis), dilation: sideOf(dilation, axis) };
    if (padding !== 'same') return { ...own, before: sideOf(padding, axis), after: sideOf(padding, axis) };
    const both = own.dilation * (own.kernel - 1);
    return { ...own, before: Math.floor(both / 2), after: Math.ceil(both / 2) };
  }) as [Axis, Axis];
}

/** Pixels from the first tap to the last, both included. */
export function spanOf({ kernel, dilation }: Axis): number {
  return dilation * (kernel - 1) + 1;
}

/** Positions of the window over `size` pixels; below 1 where it does not fit. */
export function positionsOf(size: number, axis: Axis): number {
  return Math.floor((size + axis.before + axis.after - spanOf(axis)) / axis.stride) + 1;
}
