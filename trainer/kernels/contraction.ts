// The one generator behind every convolution and linear pass: a tile of rows x 16 outputs, each output one chain of multiply-adds
// acc = madd(x, w, acc) in the order of the counted loops (docs/numerics.md). A row takes its x from one address, splatted over the
// 16 lanes; the block of 16 w is shared by the rows. How many rows a tile has never changes a chain, so it never changes a bit.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import { BLOCK } from './plane.ts';

/** One counted loop of the chain; the last is the innermost; without any a chain is its start. Steps are bytes from one round to the next. */
export interface ChainLoop {
  count: number | Pointer;
  xStep: number;
  wStep: number;
}

export interface Contraction {
  x: Pointer;
  w: Pointer;
  /** Bytes from `x` to each row's first x. */
  rowOffsets: readonly number[];
  chain: readonly ChainLoop[];
  /** Where the chains begin: +0 unless given. */
  start?: (row: number, accumulator: Lanes) => void;
  /** What becomes of each row's 16 outputs. */
  finish: (row: number, accumulator: Lanes) => void;
}

/** Emits one tile. `x` and `w` are left as they are. */
export function contraction(e: Emitter, { x, w, rowOffsets, chain, start, finish }: Contraction): void {
  e.scope(() => {
    const accumulators = rowOffsets.map(() => e.lanes(BLOCK));
    const weights = e.lanes(BLOCK);
    const splat = e.lanes(BLOCK);
    const xAt = e.pointer(x);
    const wAt = e.pointer(w);
    accumulators.forEach((accumulator, row) => {
      if (start) start(row, accumulator);
      else e.zero(accumulator);
    });
    /** `unroll` terms of the innermost loop. */
    const terms =
      ({ xStep, wStep }: ChainLoop, unroll: number) =>
      () => {
        for (let term = 0; term < unroll; term++) {
          // One address a term and offsets that are the same in every term: V8 keeps the sums of memory and offset for all of them.
          const xTerm = term === 0 ? xAt : e.pointer(xAt, term * xStep);
          e.load(weights, wAt, term * wStep);
          accumulators.forEach((accumulator, row) => {
            e.splat(splat, xTerm, rowOffsets[row]!);
            e.madd(accumulator, splat, weights, accumulator);
          });
        }
        e.step(xAt, unroll * xStep);
        e.step(wAt, unroll * wStep);
      };
    const walk = (depth: number): void => {
      const own = chain[depth]!;
      const { count, xStep, wStep } = own;
      const inner = chain[depth + 1];
      if (inner) {
        e.loop(count, () => {
          walk(depth + 1);
          // An inner loop has moved the pointers by its whole length; only the outermost count may be a run-time one.
          e.step(xAt, xStep - (inner.count as number) * inner.xStep);
          e.step(wAt, wStep - (inner.count as number) * inner.wStep);
        });
      } else if (typeof count === 'number') {
        const unroll = unrolling(count);
        e.loop(count / unroll, terms(own, unroll));
      } else {
        const left = e.pointer(count);
        e.whileAtLeast(left, UNROLL, terms(own, UNROLL));
        e.whileAtLeast(left, 1, terms(own, 1));
      }
    };
    if (chain.length > 0) walk(0);
    accumulators.forEach((accumulator, row) => {
      finish(row, accumulator);
    });
  });
}

/**
 * Terms of the innermost loop that are written out, at most. Counting, the check for interrupts that V8 puts into every loop, and the rows'
 * addresses cost a dozen instructions beside 20 that do the work of a term; more than 8 make code longer and nothing faster.
 */
const UNROLL = 8;

/** The largest number of terms that divides `count`. */
function unrolling(count: number): number {
  let unroll = Math.min(UNROLL, count);
  while (count % unroll !== 0) unroll--;
  return unroll;
}

/** 0, step, 2·step, … */
export function evenly(rows: number, step: number): number[] {
  return Array.from({ length: rows }, (_, row) => row * step);
}
