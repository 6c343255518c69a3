// Which tile a contraction uses: rows of accumulators, each a block of 16 lanes.
// A row costs 16 lanes of accumulators; beside them live one block of weights and one splat, and what exceeds the register file spills.
// Measured on Zen 5 (GFLOP/s, 3x3 convolution): 6 rows 120, 4 rows 115, 8 rows 29, because 8 rows spill.

export interface Target {
  /** As facts and pages show it. */
  backend: 'wasm-256' | 'wasm-128';
  /** Rows of the largest tile. */
  rows: number;
  /** Whether V8 is asked to merge pairs of 128-bit operations. */
  merged: boolean;
}

/** 16 registers of 256 bits: 6 rows x 2, weights 2, splat 1. The code is the same 128-bit code, merged by V8. */
export const WASM_256: Target = { backend: 'wasm-256', rows: 6, merged: true };

/** 16 registers of 128 bits (x86-64 without merging): 2 rows x 4, weights 4, splat 1. */
export const WASM_128: Target = { backend: 'wasm-128', rows: 2, merged: false };

/** 32 registers of 128 bits (arm64): 6 rows x 4, weights 4, splat 1. */
export const WASM_128_WIDE: Target = { backend: 'wasm-128', rows: 6, merged: false };

/** `times` tiles of `rows` rows each. */
export interface TileRun {
  rows: number;
  times: number;
}

/**
 * Splits `count` rows into as few tiles as can be, as even as can be, because a small tile waits for its own additions: 16 rows are
 * 6 + 5 + 5, not 6 + 6 + 4.
 */
export function splitRows(count: number, largest: number): TileRun[] {
  if (count === 0) return [];
  const tiles = Math.ceil(count / largest);
  const rows = Math.ceil(count / tiles);
  const smaller = tiles * rows - count;
  const runs = [{ rows, times: tiles - smaller }];
  return smaller === 0 ? runs : [...runs, { rows: rows - 1, times: smaller }];
}

/** Tile heights for a number of rows known only at run time, largest first, the last 1. */
export function runTimeTiles(largest: number): number[] {
  const heights = [1];
  for (let rows = 2; rows < largest; rows *= 2) heights.unshift(rows);
  return largest === 1 ? heights : [largest, ...heights];
}
