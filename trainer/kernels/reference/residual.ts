// The sum at the end of a residual block.
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { canonicalColumns } from './linear.ts';

/**
 * For each element of what the body gives, in storage order of its `maps`, the place of the same element in the block's input. They differ only
 * where the input is maps behind a flatten and the body has made a vector of its own.
 */
export function shortcutPlaces(maps: Shape, shortcutMaps: Shape): Uint32Array {
  const placeOf = new Map([...canonicalColumns(shortcutMaps)].map((canonical, place) => [canonical, place]));
  return canonicalColumns(maps).map((canonical) => placeOf.get(canonical)!);
}

/** y (N, elements) of the body's values and the block's input, both (N, elements): one addition each. */
export function addShortcut({ round, allocate }: Numbers, places: Uint32Array, body: Values, shortcut: Values): Values {
  const elements = places.length;
  return allocate(body.length).map((_, i) => {
    const element = i % elements;
    return round(body[i]! + shortcut[i - element + places[element]!]!);
  });
}

/** Gradient of the block's input by way of the shortcut, (N, elements), of dy: the same values, in the order of the input. */
export function shortcutGradient({ allocate }: Numbers, places: Uint32Array, dy: Values): Values {
  const elements = places.length;
  const dx = allocate(dy.length);
  for (let i = 0; i < dy.length; i++) {
    const element = i % elements;
    dx[i - element + places[element]!] = dy[i]!;
  }
  return dx;
}
