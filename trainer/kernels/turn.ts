// Turning blocks of weights: what is packed with inputs as rows is needed with outputs as rows by the input gradients.
import type { Emitter, Pointer } from './emit/emitter.ts';
import { BLOCK_BYTES } from './plane.ts';

/** A 16 x 16 block, to[j][i] = from[i][j]; rows are so many bytes apart. */
export function turnBlock(e: Emitter, from: Pointer, to: Pointer, fromStep = BLOCK_BYTES, toStep = BLOCK_BYTES): void {
  e.scope(() => {
    const rows = [e.lanes(4), e.lanes(4), e.lanes(4), e.lanes(4)] as const;
    for (let across = 0; across < 4; across++) {
      for (let down = 0; down < 4; down++) {
        rows.forEach((row, i) => {
          e.load(row, from, (4 * down + i) * fromStep + 16 * across);
        });
        e.transpose(rows);
        rows.forEach((row, i) => {
          e.store(to, (4 * across + i) * toStep + 16 * down, row);
        });
      }
    }
  });
}
