// A parameter as the matrix that kernels see: rows are what one output takes, in storage order, columns are outputs; a vector is one row.
import type { Parameter, Shape } from '../../network.ts';
import { canonicalColumns } from './linear.ts';

export interface Matrix {
  rows: number;
  columns: number;
  /** Canonical index of an element. */
  canonical(row: number, column: number): number;
}

/** `maps` are those in whose storage order a linear layer's input stands. */
export function matrixOf({ shape }: Pick<Parameter, 'shape'>, maps: Shape): Matrix {
  const [columns, channels, height, width] = shape as [number, number?, number?, number?];
  if (channels === undefined) return { rows: 1, columns, canonical: (_row, column) => column };
  if (height === undefined || width === undefined) {
    const inputs = canonicalColumns(maps);
    return { rows: channels, columns, canonical: (row, column) => column * channels + inputs[row]! };
  }
  const taps = height * width;
  return {
    rows: taps * channels,
    columns,
    canonical: (row, column) => (column * channels + (row % channels)) * taps + Math.floor(row / channels),
  };
}
