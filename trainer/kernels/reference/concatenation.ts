// Channels of several inputs side by side, and the way back.
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { canonicalColumns } from './linear.ts';

/** Where the elements of one input go: element i of a sample to element `places[i]` of the output. */
export type Places = Uint32Array;

/**
 * Places of every input in an output of shape (C, H, W), channels in the order of the inputs. `maps` are those in whose storage order an input
 * stands; a vector comes to stand in canonical order.
 */
export function concatenationPlaces([channels, height, width]: Shape, maps: readonly Shape[]): Places[] {
  const pixels = height * width;
  let first = 0;
  return maps.map((own) => {
    const offset = first;
    const count = (own[0] * own[1] * own[2]) / pixels;
    first += count;
    if (pixels === 1) return canonicalColumns(own).map((column) => offset + column);
    return Uint32Array.from({ length: count * pixels }, (_, i) => Math.floor(i / count) * channels + offset + (i % count));
  });
}

/** y (N, elements) of inputs (N, their elements). */
export function concatenate({ allocate }: Numbers, places: readonly Places[], inputs: readonly Values[]): Values {
  const elements = places.reduce((sum, { length }) => sum + length, 0);
  const batch = inputs[0]!.length / places[0]!.length;
  const y = allocate(batch * elements);
  for (const [input, own] of places.entries()) {
    for (let n = 0; n < batch; n++) {
      for (const [i, place] of own.entries()) y[n * elements + place] = inputs[input]![n * own.length + i]!;
    }
  }
  return y;
}

/** dx (N, elements of one input) of dy (N, elements): its own part. */
export function concatenationGradient({ allocate }: Numbers, places: readonly Places[], input: number, dy: Values): Values {
  const elements = places.reduce((sum, { length }) => sum + length, 0);
  const own = places[input]!;
  const batch = dy.length / elements;
  return allocate(batch * own.length).map((_, i) => {
    const n = Math.floor(i / own.length);
    return dy[n * elements + own[i - n * own.length]!]!;
  });
}
