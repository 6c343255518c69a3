// Mirrored padding of convolutions (paddingMode reflect): a plane grows by what its edges mirror, and on the way back the gradient of what
// was mirrored is added to the pixels it came from, rows first, each padding ascending (docs/numerics.md).
import type { Emitter, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, planeOf, type Rim } from './plane.ts';

/** The plane with its padding as pixels of its own. */
export function grownPlane({ channels, height, width }: Plane, rim: Rim): Plane {
  return planeOf([channels, height + rim.top + rim.bottom, width + rim.left + rim.right]);
}

/** The pixels within the padding. */
export function insideOf(grown: Plane, rim: Rim): Plane {
  return {
    ...grown,
    height: grown.height - rim.top - rim.bottom,
    width: grown.width - rim.left - rim.right,
    origin: grown.origin + rim.top * grown.rowBytes + rim.left * grown.pixelBytes,
    contiguous: false,
  };
}

/** Places of the padding along an axis of `size` grown pixels, ascending, each with the place it mirrors. */
function pairs(size: number, before: number, after: number): { rim: number; inner: number }[] {
  const last = size - 1 - after;
  return [
    ...Array.from({ length: before }, (_, i) => ({ rim: i, inner: 2 * before - i })),
    ...Array.from({ length: after }, (_, i) => ({ rim: last + 1 + i, inner: last - 1 - i })),
  ];
}

/** Emits `count` pixels of two places, `step` bytes from pixel to pixel: blocks copied, or added to what is there. */
function strip(e: Emitter, plane: Plane, from: Pointer, to: Pointer, count: number, step: number, adds: boolean): void {
  const [value, held] = [e.lanes(BLOCK), e.lanes(BLOCK)];
  e.loop(count, () => {
    const [source, target] = [e.pointer(from), e.pointer(to)];
    e.loop(blocksOf(plane.channels), () => {
      e.load(value, source, 0);
      if (adds) {
        e.load(held, target, 0);
        e.add(value, held, value);
      }
      e.store(target, 0, value);
      e.step(source, BLOCK_BYTES);
      e.step(target, BLOCK_BYTES);
    });
    e.step(from, step);
    e.step(to, step);
  });
}

/** Kernel (plane) for one sample: fills the padding from the pixels within, columns first. */
export function mirrorRim(grown: Plane, rim: Rim): KernelBody {
  const { rowBytes, pixelBytes, origin, width } = grown;
  const { height } = insideOf(grown, rim);
  return (e, plane) => {
    for (const { rim: place, inner } of pairs(width, rim.left, rim.right)) {
      e.scope(() => {
        const row = origin + rim.top * rowBytes;
        const [from, to] = [e.pointer(plane, row + inner * pixelBytes), e.pointer(plane, row + place * pixelBytes)];
        strip(e, grown, from, to, height, rowBytes, false);
      });
    }
    for (const { rim: place, inner } of pairs(grown.height, rim.top, rim.bottom)) {
      e.scope(() => {
        const [from, to] = [e.pointer(plane, origin + inner * rowBytes), e.pointer(plane, origin + place * rowBytes)];
        strip(e, grown, from, to, width, pixelBytes, false);
      });
    }
  };
}

/** Kernel (gradient) for one sample: adds the padding's gradient to the pixels within. */
export function foldRim(grown: Plane, rim: Rim): KernelBody {
  const { rowBytes, pixelBytes, origin, width } = grown;
  const { height } = insideOf(grown, rim);
  return (e, plane) => {
    for (const { rim: place, inner } of pairs(grown.height, rim.top, rim.bottom)) {
      e.scope(() => {
        const [from, to] = [e.pointer(plane, origin + place * rowBytes), e.pointer(plane, origin + inner * rowBytes)];
        strip(e, grown, from, to, width, pixelBytes, true);
      });
    }
    for (const { rim: place, inner } of pairs(width, rim.left, rim.right)) {
      e.scope(() => {
        const row = origin + rim.top * rowBytes;
        const [from, to] = [e.pointer(plane, row + place * pixelBytes), e.pointer(plane, row + inner * pixelBytes)];
        strip(e, grown, from, to, height, rowBytes, true);
      });
    }
  };
}
