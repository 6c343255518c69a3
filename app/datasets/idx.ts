// The IDX format of MNIST: a magic number, the dimensions, then one byte a value. Strict, because training on half a file would go unnoticed.
// Format: yann.lecun.com/exdb/mnist, "FILE FORMATS FOR THE MNIST DATABASE".

import { integer } from '../../views/format/number.ts';

/** `08`, unsigned bytes, is the only type of value these data sets have. */
const unsignedBytes = 0x08;

/** Bytes before the values. */
export const idxHeaderBytes = (dimensions: number): number => 4 + 4 * dimensions;

/**
 * The values of an IDX file that must have exactly these dimensions, a view into `file`; or, as a text, what was found instead.
 *
 * ```ts
 * parseIdx(bytes, [60_000, 28, 28]) // Uint8Array(47_040_000) or '10,000 × 28 × 28 found, …'
 * ```
 */
export function parseIdx(file: Uint8Array, dimensions: readonly number[]): Uint8Array | string {
  const header = idxHeaderBytes(dimensions.length);
  if (file.length < header) return `${integer(file.length)} bytes found, too few for a header of ${header}`;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = (unsignedBytes << 8) | dimensions.length;
  const found = view.getUint32(0);
  if (found !== magic) return `it begins with 0x${hex(found)}, not 0x${hex(magic)}`;
  const sizes = dimensions.map((_, i) => view.getUint32(4 + 4 * i));
  if (sizes.some((size, i) => size !== dimensions[i]))
    return `${sizes.map(integer).join(' × ')} found, ${dimensions.map(integer).join(' × ')} expected`;
  const values = dimensions.reduce((product, size) => product * size, 1);
  if (file.length !== header + values) return `${integer(file.length)} bytes found, ${integer(header + values)} expected`;
  return file.subarray(header);
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
