// Storing blocks of 16 lanes where the last one may be more than a plane's own channels: into the padding of a pixel nobody minds, but among
// the channels of other groups only what is a group's own may be written.
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, isPart, type Plane } from './plane.ts';

/** How the blocks of one tile are stored. */
export interface BlockStore {
  /** As e.store does. */
  put(to: Pointer, offset: number, block: Lanes): void;
  /** Once after the blocks of a tile, while the pointers still stand where they did. */
  settle(): void;
}

/** Bytes of scratch for the tiles of `rows` blocks. */
export function storeScratch(rows: number): number {
  return rows * BLOCK_BYTES;
}

/**
 * Emits `body` for each block of a plane's channels, with the way to store it. Where others lie behind a last block's channels, the tile goes
 * to `scratch` and its channels are copied one by one from there, all after the last block: between blocks, V8 would no longer merge them.
 */
export function overBlocks(e: Emitter, plane: Plane, scratch: Pointer, body: (store: BlockStore) => void): void {
  const blocks = blocksOf(plane.channels);
  const whole = isPart(plane) ? blocks - 1 : blocks;
  e.loop(whole, () => body({ put: (to, offset, block) => e.store(to, offset, block), settle: () => {} }));
  if (whole === blocks) return;
  const rest = plane.channels - whole * BLOCK;
  let waiting: { to: Pointer; offset: number }[] = [];
  const store: BlockStore = {
    put(to, offset, block) {
      e.store(scratch, waiting.length * BLOCK_BYTES, block);
      waiting.push({ to, offset });
    },
    settle() {
      for (const [row, { to, offset }] of waiting.entries()) {
        for (let lane = 0; lane < rest; lane++) e.copyFloat(to, offset + 4 * lane, scratch, row * BLOCK_BYTES + 4 * lane);
      }
      waiting = [];
    },
  };
  e.scope(() => body(store));
}
