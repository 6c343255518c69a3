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
  const bytes = event.arrays.slice(start, start + length * Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

/** Five significant digits, enough for a curve; −0 reads 0, and NaN what is not there. */
export function rounded(value = Number.NaN): number {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) + 0 : value;
}
