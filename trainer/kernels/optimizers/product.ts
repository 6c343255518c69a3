// Matrix products of the Newton-Schulz iteration, a strip of rows at a time: every element one chain, by the generator behind all contractions.
import { contraction } from '../contraction.ts';
import type { Lanes } from '../emit/emitter.ts';
import type { KernelBody } from '../emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf } from '../plane.ts';
import { splitRows } from '../tiles.ts';
import { turnBlock } from '../turn.ts';

/** Rows of a strip; the last one of a matrix may have fewer. */
export const STRIP = BLOCK;

/** A strip of the product y = x · w. All steps in bytes. */
export interface ProductStrip {
  /** Rows of the strip. */
  rows: number;
  /** Columns of y; null for a symmetric y, of which a strip works out what lies from its own rows on and mirrors it. */
  columns: number | null;
  /** Terms of each chain. */
  terms: number;
  /** From a row's first x to the next row's, and from term to term. */
  xRow: number;
  xTerm: number;
  /** From a row of w to the next. */
  wTerm: number;
  /** From a row of y, and of what is added, to the next. */
  yRow: number;
  /** Chains begin at a · z, an addend in y's layout; or end in madd(c, chain, b · z); or neither. */
  with: { start: number } | { b: number; c: number } | null;
}

export function productName({ rows, columns, terms, xRow, xTerm, wTerm, yRow, with: extra }: ProductStrip): string {
  return ['product', rows, columns, terms, xRow, xTerm, wTerm, yRow, JSON.stringify(extra)].join('/');
}

/** Kernel (x, w, z, y) for one strip; of a symmetric y (x, w, z, y, blocks of columns), all but x from the strip's own rows on. */
export function productStrip(strip: ProductStrip, tileRows: number): KernelBody {
  const { rows, columns, terms, xRow, xTerm, wTerm, yRow, with: extra } = strip;
  return (e, x, w, z, y, blocks) => {
    const mirror = e.pointer(y!);
    const term = e.lanes(BLOCK);
    const factors =
      extra === null ? [] : 'start' in extra ? [e.uniform(BLOCK, extra.start)] : [extra.b, extra.c].map((f) => e.uniform(BLOCK, f));
    e.loop(columns === null ? blocks! : blocksOf(columns), () => {
      let first = 0;
      for (const { rows: height, times } of splitRows(rows, tileRows)) {
        for (let tile = 0; tile < times; tile++) {
          const top = first;
          contraction(e, {
            x: x!,
            w: w!,
            rowOffsets: Array.from({ length: height }, (_, row) => (top + row) * xRow),
            chain: [{ count: terms, xStep: xTerm, wStep: wTerm }],
            ...(factors.length === 1 && {
              start(row: number, sum: Lanes) {
                e.load(sum, z!, (top + row) * yRow);
                e.times(sum, factors[0]!, sum);
              },
            }),
            finish(row, sum) {
              if (factors.length === 2) {
                e.load(term, z!, (top + row) * yRow);
                e.times(term, factors[0]!, term);
                e.madd(sum, factors[1]!, sum, term);
              }
              e.store(y!, (top + row) * yRow, sum);
            },
          });
          first += height;
        }
      }
      if (columns === null) {
        // The first block lies on the diagonal, where turning it changes nothing.
        turnBlock(e, y!, mirror, yRow, yRow);
        e.step(mirror, BLOCK * yRow);
      }
      for (const pointer of [w!, z!, y!]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

/** Kernel (values, factor): `rows` rows of `columns` values, times the factor. */
export function scaleStrip(rows: number, columns: number, rowBytes: number): KernelBody {
  return (e, values, place) => {
    const [value, factor] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    e.splat(factor, place!, 0);
    e.loop(rows, () => {
      const at = e.pointer(values!);
      e.loop(blocksOf(columns), () => {
        e.load(value, at, 0);
        e.times(value, value, factor);
        e.store(at, 0, value);
        e.step(at, BLOCK_BYTES);
      });
      e.step(values!, rowBytes);
    });
  };
}

/** Kernel (from, to): the 16 rows of a strip become 16 columns. */
export function turnStrip(columns: number, fromRow: number, toRow: number): KernelBody {
  return (e, from, to) => {
    e.loop(blocksOf(columns), () => {
      turnBlock(e, from!, to!, fromRow, toRow);
      e.step(from!, BLOCK_BYTES);
      e.step(to!, BLOCK * toRow);
    });
  };
}
