// The walk of a convolution over lanes (laneConvolution.ts): rows of pixels in tiles, each pixel a chain over rows of taps, columns, and the
// values of a lane. Pixels of x are met in ascending order, which serves all taps of a row at once and changes no chain.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { LanePlane } from './lanePlane.ts';
import { BLOCK, BLOCK_BYTES } from './plane.ts';
import { splitRows } from './tiles.ts';

/** Taps along one axis in the order of the chain, and the pixels from one to the next. */
export interface TapWalk {
  taps: readonly number[];
  step: number;
}

/** A tile of pixels of one row, and some or all lanes of a block: every pixel's chain over all taps. */
interface Tile {
  /** Where the first tap of the first pixel looks. */
  x: Pointer;
  /** Of the block. */
  w: Pointer;
  plane: LanePlane;
  rows: TapWalk;
  columns: TapWalk;
  /** Columns of the kernel. */
  kernel: number;
  pixels: number;
  /** Pixels of x from one of the tile to the next. */
  stride: number;
  width: 8 | 16;
  /** Whether a row's weights stay in registers. */
  holds: boolean;
  finish(pixel: number, sum: Lanes): void;
}

/** Emits a tile. Pixels of x are met in ascending order, each once a row, and serve every tap that looks at them. */
function laneTile(e: Emitter, { x, w, plane, rows, columns, kernel, pixels, stride, width, holds, finish }: Tile): void {
  const tapBytes = plane.depth * BLOCK_BYTES;
  const sums = Array.from({ length: pixels }, () => e.lanes(width));
  const value = e.lanes(width);
  const weights = Array.from({ length: holds ? columns.taps.length : 1 }, () => e.lanes(width));
  for (const sum of sums) e.zero(sum);
  /** Of every place that a row of taps looks at: the pixels and columns that meet there. */
  const places = new Map<number, { pixel: number; column: number }[]>();
  for (let pixel = 0; pixel < pixels; pixel++) {
    columns.taps.forEach((_, column) => {
      const place = pixel * stride + column * columns.step;
      places.set(place, [...(places.get(place) ?? []), { pixel, column }]);
    });
  }
  const ascending = [...places].sort(([a], [b]) => a - b);

  /** One row of taps; `xRow` and `wRow` point to its first pixel and weight. */
  const row = (xRow: Pointer, wRow: Pointer, xOffset: number, wOffset: number) => {
    const weightAt = (column: number) => wOffset + columns.taps[column]! * tapBytes;
    if (holds) for (const [column, held] of weights.entries()) e.load(held, wRow, weightAt(column));
    for (const [place, meetings] of ascending) {
      const meet = (xAt: Pointer, wAt: Pointer, xBytes: number) => {
        e.load(value, xAt, xBytes);
        for (const { pixel, column } of meetings) {
          if (!holds) e.load(weights[0]!, wAt, weightAt(column));
          e.madd(sums[pixel]!, value, weights[holds ? column : 0]!, sums[pixel]!);
        }
      };
      if (plane.depth === 1) meet(xRow, wRow, xOffset + place * plane.pixelBytes);
      else {
        e.scope(() => {
          const [xAt, wAt] = [e.pointer(xRow, xOffset + place * plane.pixelBytes), e.pointer(wRow)];
          e.loop(plane.depth, () => {
            meet(xAt, wAt, 0);
            e.step(xAt, plane.depthBytes);
            e.step(wAt, BLOCK_BYTES);
          });
        });
      }
    }
  };
  const [first = 0, second = first] = rows.taps;
  const [xStep, wStep] = [rows.step * plane.rowBytes, (second - first) * kernel * tapBytes];
  if (rows.taps.length * columns.taps.length * pixels <= UNROLLED_MADDS) {
    rows.taps.forEach((tap, i) => {
      row(x, w, i * xStep, tap * kernel * tapBytes);
    });
  } else {
    e.scope(() => {
      const [xRow, wRow] = [e.pointer(x), e.pointer(w, first * kernel * tapBytes)];
      e.loop(rows.taps.length, () => {
        row(xRow, wRow, 0, 0);
        e.step(xRow, xStep);
        e.step(wRow, wStep);
      });
    });
  }
  sums.forEach((sum, pixel) => {
    finish(pixel, sum);
  });
}

/** Rows of taps are written out up to this many multiply-adds a tile. */
const UNROLLED_MADDS = 256;

/** Rows of pixels, all their lanes: where they begin, and the steps to the next pixel and row. */
export interface Rows extends Pick<Tile, 'x' | 'w' | 'plane' | 'rows' | 'columns' | 'kernel' | 'stride'> {
  height: number;
  length: number;
  /** Bytes of x from one row to the next. */
  xRow: number;
  blocks: number;
  /** Bytes of a block's weights. */
  blockBytes: number;
  bias: Pointer;
  /** What is read or written beside: the first pixel of the first row, and its steps. */
  beside: readonly { pointer: Pointer; pixel: number; row: number }[];
  /** `at` are the pointers to the tile's first pixel and to the bias, at its first lane. */
  finish(at: readonly Pointer[], bias: Pointer, pixel: number, sum: Lanes): void;
}

/**
 * Walks the rows, tile by tile, each tile's lanes one after another: whole pixels at once, so that memory is met in order. Half a block at a
 * time leaves registers for 8 pixels and a row of weights; short rows take whole blocks, because few chains at a time wait for their own additions.
 */
export function overRows(e: Emitter, rows: Rows, targetRows: number): void {
  const registers = targetRows > 2 ? 16 : 8;
  const taps = rows.columns.taps.length;
  const width = rows.length <= 4 ? 16 : 8;
  const perLanes = width / 8;
  const holds = rows.plane.depth === 1 && 3 * taps * perLanes <= registers + 2;
  const largest = Math.min(8, Math.floor(registers / perLanes) - 2 - (holds ? taps : 1));
  const xRow = e.pointer(rows.x);
  const besideRows = rows.beside.map(({ pointer }) => e.pointer(pointer));
  e.loop(rows.height, () => {
    const xTile = e.pointer(xRow);
    const tiles = besideRows.map((pointer) => e.pointer(pointer));
    for (const { rows: pixels, times } of splitRows(rows.length, Math.max(1, largest))) {
      e.loop(times, () => {
        const [x, w, bias, ...at] = [xTile, rows.w, rows.bias, ...tiles].map((pointer) => e.pointer(pointer)) as [
          Pointer,
          Pointer,
          Pointer,
        ];
        e.loop(rows.blocks, () => {
          e.loop(BLOCK / width, () => {
            laneTile(e, { ...rows, x, w, pixels, width, holds, finish: (pixel, sum) => rows.finish(at, bias, pixel, sum) });
            for (const pointer of [x, w, bias, ...at]) e.step(pointer, 4 * width);
          });
          e.step(w, rows.blockBytes - BLOCK_BYTES);
        });
        e.step(xTile, pixels * rows.stride * rows.plane.pixelBytes);
        tiles.forEach((pointer, i) => {
          e.step(pointer, pixels * rows.beside[i]!.pixel);
        });
      });
    }
    e.step(xRow, rows.xRow);
    besideRows.forEach((pointer, i) => {
      e.step(pointer, rows.beside[i]!.row);
    });
  });
}
