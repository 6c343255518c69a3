// The windows that pooling looks through, as places in memory.
import type { Pooling } from '../../layers/windows.ts';

export type { Pooling } from '../../layers/windows.ts';

/** Places in x (N, H, W, C) of the window that makes y[n, oh, ow, c], in order kh, kw; what lies outside of the maps is left out. */
export function window({ input: [C, H, W], rows, columns }: Pooling, n: number, oh: number, ow: number, c: number): number[] {
  const [down, across] = [rows.spans[oh]!, columns.spans[ow]!];
  return Array.from({ length: down.count * across.count }, (_, i) => {
    const h = down.first + Math.floor(i / across.count) * rows.dilation;
    const w = across.first + (i % across.count) * columns.dilation;
    return ((n * H + h) * W + w) * C + c;
  });
}

/** Whether two windows may have a pixel in common. */
export function overlaps({ rows, columns }: Pooling): boolean {
  return rows.overlap || columns.overlap;
}

/** Calls `visit` for each place of y (N, OH, OW, C), in storage order. */
export function forEachOutput(
  { output: [C, OH, OW] }: Pooling,
  batch: number,
  visit: (n: number, oh: number, ow: number, c: number) => void,
): void {
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        for (let c = 0; c < C; c++) visit(n, oh, ow, c);
      }
    }
  }
}
