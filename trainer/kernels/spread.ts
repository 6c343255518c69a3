// Pixels spread over lanes for convolutions of small groups: lane l of part i holds channel first(l) + i of the pixel, first(l) being the
// first of those that lane l sees. What comes out is a pixel of `depth` parts (laneConvolution.ts).
import type { KernelBody } from './emit/kernels.ts';
import type { LanePlane } from './lanePlane.ts';
import { BLOCK, BLOCK_BYTES, type Plane, padded } from './plane.ts';

/** Byte of each value of a spread pixel within the pixel it comes from. `channelOf` may be asked for lanes of the padding. */
export function spreadTable({ channels, depth }: LanePlane, channelOf: (lane: number, part: number) => number): Uint32Array {
  const lanes = padded(channels);
  return Uint32Array.from({ length: depth * lanes }, (_, i) => {
    const lane = i % lanes;
    return lane < channels ? 4 * channelOf(lane, Math.floor(i / lanes)) : 0;
  });
}

/** Kernel (maps, spread maps, table) for one sample. */
export function spreadPixels(from: Plane, to: LanePlane): KernelBody {
  return (e, x, y, table) => {
    const offset = e.pointer(0);
    e.step(x, from.origin);
    e.step(y, to.origin);
    e.loop(from.height, () => {
      const [xAt, yAt] = [e.pointer(x), e.pointer(y)];
      e.loop(from.width, () => {
        const [entry, value] = [e.pointer(table), e.pointer(yAt)];
        e.loop((to.depth * to.depthBytes) / BLOCK_BYTES, () => {
          for (let lane = 0; lane < BLOCK; lane++) {
            e.scope(() => {
              e.loadWord(offset, entry, 4 * lane);
              const source = e.pointer(xAt);
              e.step(source, offset);
              e.copyFloat(value, 4 * lane, source, 0);
            });
          }
          e.step(entry, BLOCK_BYTES);
          e.step(value, BLOCK_BYTES);
        });
        e.step(xAt, from.pixelBytes);
        e.step(yAt, to.pixelBytes);
      });
      e.step(x, from.rowBytes);
      e.step(y, to.rowBytes);
    });
  };
}
