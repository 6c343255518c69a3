// Initial values of parameters, each from the stream of its own name (docs/numerics.md, "Random numbers"): word i belongs to canonical
// element i, so a parameter's values depend on the seed, its name and its shape alone. Which distribution it is, the layer says.
import type { Parameter } from '../network.ts';
import { normalQuantile } from '../numbers/quantile.ts';
import { orthogonal } from './orthogonal.ts';
import { fillWords, streamKey } from './philox.ts';

/** Initial values of one parameter in canonical order, computed in double and rounded once. */
export function initialValues(seed: number, parameter: Parameter): Float32Array {
  const { init, shape, count } = parameter;
  if ('constant' in init) return new Float32Array(count).fill(init.constant);
  if ('dirac' in init) return diracValues(parameter, init.dirac.groups);
  const words = new Uint32Array(count);
  fillWords(streamKey(seed, 'init', parameter.name), 0, 0, words);
  if ('uniform' in init) {
    const bound = 'fanIn' in init.uniform ? 1 / Math.sqrt(init.uniform.fanIn) : init.uniform.bound;
    return Float32Array.from(words, (word) => ((2 * (word >>> 8)) / 16777216 - 1) * bound);
  }
  if ('normal' in init) return Float32Array.from(words, (word) => normalOf(word) * init.normal.std);
  const [rows] = shape as [number];
  const values = orthogonal(rows, count / rows, Float64Array.from(words, normalOf));
  return Float32Array.from(values, (value) => value * init.orthogonal.gain);
}

/** A standard normal draw of the word's upper 24 bits, each in the middle of its share: symmetric, and never infinite. */
function normalOf(word: number): number {
  return normalQuantile(((word >>> 8) + 0.5) / 16777216);
}

/** Filters that hand a channel on: 1 in the middle of filter d's own channel d, in every group, as torch.nn.init.dirac_ and eye_. */
function diracValues({ shape, count }: Parameter, groups: number): Float32Array {
  const [filters, inputs, rows = 1, columns = 1] = shape as [number, number, number?, number?];
  const values = new Float32Array(count);
  const middle = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  const perGroup = filters / groups;
  for (let group = 0; group < groups; group++) {
    for (let d = 0; d < Math.min(perGroup, inputs); d++) values[((group * perGroup + d) * inputs + d) * rows * columns + middle] = 1;
  }
  return values;
}
