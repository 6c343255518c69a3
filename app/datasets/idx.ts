// The IDX format of MNIST: a magic number, the dimensions, then one byte a value. Strict, because training on half a file would go unnoticed.
// Format: yann.lecun.com/exdb/mnist, "FILE FORMATS FOR THE MNIST DATABASE".

import { integer } from '../../views/format/number.ts';

/** `08`, unsigned bytes, is the only type of value these data sets have. */
const unsignedBytes = 0x08;

/** Bytes before the values. */
export const idxHeaderBytes = (dimensions: number): number => 4 + 4 * dimensions;

/**
 * Whether a file that begins with `start` and is `size` bytes long has exactly these dimensions: null, or, as a text, what was found instead.
 *
 * ```ts
 * checkIdx(bytes, bytes.length, [60_000, 28, 28]) // null or '10,000 × 28 × 28 found, …'
 * ```
 */
export function checkIdx(start: Uint8Array, size: number, dimensions: readonly number[]): string | null {
  const header = idxHeaderBytes(dimensions.length);
  if (start.length < header) return `${integer(size)} bytes found, too few for a header of ${header}`;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const magic = (unsignedBytes << 8) | dimensions.length;
  const found = view.getUint32(0);
  if (found !== magic) return `it begins with 0x${hex(found)}, not 0x${hex(magic)}`;
  const sizes = dimensions.map((_, i) => view.getUint32(4 + 4 * i));
  if (sizes.some((size, i) => size !== dimensions[i]))
    return `${sizes.map(integer).join(' × ')} found, ${dimensions.map(integer).join(' × ')} expected`;
  const values = dimensions.reduce((product, size) => product * size, 1);
  return size === header + values ? null : `${integer(size)} bytes found, ${integer(header + values)} expected`;
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
