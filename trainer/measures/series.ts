// Several named series in one Float32Array, as facts carry them.
import type { ArrayIndex } from '../facts.ts';

/** Lays arrays one behind the other; the index says where each begins, counted in floats, and its shape. */
export function packSeries(series: Iterable<readonly [name: string, values: ArrayLike<number>]>): {
  index: ArrayIndex;
  arrays: Float32Array;
} {
  const index: ArrayIndex = {};
  const all = [...series];
  const arrays = new Float32Array(all.reduce((sum, [, values]) => sum + values.length, 0));
  let offset = 0;
  for (const [name, values] of all) {
    index[name] = { offset, shape: [values.length] };
    arrays.set(values, offset);
    offset += values.length;
  }
  return { index, arrays };
}
