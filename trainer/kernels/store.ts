// Storing blocks of 16 lanes where the last one may be more than a plane's own channels: into the padding of a pixel nobody minds, but among
// the channels of other groups only what is a group's own may be written.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import { BLOCK, blocksOf, isPart, type Plane } from './plane.ts';

/** Stores a block, as e.store does. */
export type Store = (to: Pointer, offset: number, block: Lanes) => void;

/**
 * Emits `body` for each block of a plane's channels, with the way to store it. `line` is scratch of one block, through which the channels of
 * a last block are copied one by one where others lie behind them.
 */
export function overBlocks(e: Emitter, plane: Plane, line: Pointer, body: (store: Store) => void): void {
  const blocks = blocksOf(plane.channels);
  const whole = isPart(plane) ? blocks - 1 : blocks;
  e.loop(whole, () => body((to, offset, block) => e.store(to, offset, block)));
  if (whole === blocks) return;
  const rest = plane.channels - whole * BLOCK;
  e.scope(() =>
    body((to, offset, block) => {
      e.store(line, 0, block);
      for (let lane = 0; lane < rest; lane++) e.copyFloat(to, offset + 4 * lane, line, 4 * lane);
    }),
  );
}
