// Floats as the bytes that are hashed, fingerprinted and kept in checkpoints: little-endian binary32, every NaN the same.
import { createHash } from 'node:crypto';

const canonicalNaN = 0x7fc00000;
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Little-endian binary32; NaN, whatever its payload, as 7fc00000. Always a copy. */
export function floatBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  writeFloats(bytes, 0, values);
  return bytes;
}

/** Writes the bytes of `floatBytes` at `offset`. */
export function writeFloats(bytes: Uint8Array, offset: number, values: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, values.byteLength);
  if (littleEndian) bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
  else for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7fffffff) > 0x7f800000) view.setUint32(i * 4, canonicalNaN, true);
}

/** The inverse of `floatBytes`: `bytes` holds a whole number of floats, at any alignment. */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

/** SHA-256, hex, over arrays in order: the hash of the weights (docs/numerics.md). */
export function hashFloats(arrays: Iterable<Float32Array>): string {
  const hash = createHash('sha256');
  for (const array of arrays) hash.update(floatBytes(array));
  return hash.digest('hex');
}
