// Float32 series of events, and the numbers that read models keep of them.
import type { z } from 'zod';
import type { arrayIndex } from '../catalogue/values.ts';
import type { StoredEvent } from '../ports.ts';

/** One named series; empty where the event has none of this name. */
export function series(event: StoredEvent, index: z.infer<typeof arrayIndex>, name: string): Float32Array {
  const place = index[name];
  if (place === undefined || event.arrays === null) return new Float32Array(0);
  const length = place.shape.reduce((product, size) => product * size, 1);
  const start = place.offset * Float32Array.BYTES_PER_ELEMENT;
  const bytes = event.arrays.subarray(start, start + length * Float32Array.BYTES_PER_ELEMENT);
  // In place where it can be: bytes of a database or of a message begin at a multiple of four.
  const { buffer, byteOffset } = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Float32Array(buffer, byteOffset, Math.floor(bytes.byteLength / Float32Array.BYTES_PER_ELEMENT));
}

/** Five significant digits, enough for a curve; −0 reads 0, and NaN what is not there. */
export function rounded(value = Number.NaN): number {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-5 && magnitude < 1e5) {
    let scale = 1;
    while (magnitude * scale < 1e4) scale *= 10;
    const scaled = magnitude * scale;
    const digits = Math.round(scaled);
    // So close to the middle between two numbers the product itself may have been rounded across it. Else, both being exact, the quotient is the
    // double that its decimal digits are read as.
    if (Math.abs(Math.abs(scaled - digits) - 0.5) > 1e-6) return (value < 0 ? -digits : digits) / scale;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(5)) + 0 : value;
}
