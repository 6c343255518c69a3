// Float32 series of events, and their numbers as short text: the shortest decimal that names the same Float32, so that 0.1 is read as 0.1.
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

/** The shortest decimal that rounds to the same Float32; −0 reads 0. */
export function shortest(value: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single;
  for (let digits = 6; digits < 9; digits++) {
    const decimal = Number(single.toPrecision(digits));
    if (Math.fround(decimal) === single) return decimal + 0;
  }
  return Number(single.toPrecision(9)) + 0;
}
