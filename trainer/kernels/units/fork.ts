// Where one output goes several ways: into a residual block's body, and past it. On the way back the gradients of the ways are added in the
// order of the layers that took the output (docs/numerics.md).
import type { Shape } from '../../network.ts';
import { addPlanes, takeInOrder } from '../sum.ts';
import { lightly, type Values } from '../work.ts';
import { gradientsOf, type Order, type ShortcutGradient, type Site, type Supply, scratchOf } from './unit.ts';

/** `supply` and the shortcut's gradient together: the gradient of `values`. In passing where the supply can, else by a pass of its own. */
export function forkSupply(
  site: Site,
  name: string,
  values: Values,
  supply: Supply,
  { values: shortcut, order }: ShortcutGradient,
): Supply {
  if (supply.adds && order === null) {
    const { direct, totals } = supply;
    return {
      direct,
      ...(totals && { totals }),
      into: (place, passing) => supply.into(place, place === null ? undefined : { ...passing, addend: shortcut }),
    };
  }
  const own = gradientsOf(site, values);
  const addend = order === null ? shortcut : scratchOf(site, own.plane);
  return {
    direct: true,
    into(place) {
      if (place === null) return supply.into(null);
      const add = site.kernels.add(`${name}/fork/${shortcut.at(0)}`, 3, addPlanes(own.plane, addend.plane, place.plane));
      return [
        ...supply.into(own),
        lightly(`${name} fork`, (sample) => {
          order?.back(shortcut.at(sample), addend.at(sample));
          add.run(own.at(sample), addend.at(sample), place.at(sample));
        }),
      ];
    },
  };
}

/** Canonical place of an element that stands at `place` in storage order of `maps`. */
const canonicalPlace = ([channels, height, width]: Shape, place: number) =>
  (place % channels) * height * width + Math.floor(place / channels);

/** Brings `values`, a vector that was `maps` before a flatten, into the order in which a vector stands that was `wanted`. */
export function orderOf(site: Site, name: string, values: Values, maps: Shape, wanted: Shape): Order {
  const { channels: count } = values.plane;
  const ordered = gradientsOf(site, values);
  const [forward, back] = [site.arena.shared(count * 4), site.arena.shared(count * 4)];
  const take = site.kernels.add('takeInOrder', 4, takeInOrder);
  return {
    values: ordered,
    forward: lightly(`${name} order`, (sample) => take.run(values.at(sample) + values.plane.origin, ordered.at(sample), forward, count)),
    back: (from, to) => take.run(from, to, back, count),
    start() {
      const { words } = site.arena.views;
      const places = Array.from({ length: count }, (_, i) => i);
      const ownPlace = new Map(places.map((place) => [canonicalPlace(maps, place), place]));
      for (const place of places) {
        const own = ownPlace.get(canonicalPlace(wanted, place))!;
        words[forward / 4 + place] = own * 4;
        words[back / 4 + own] = place * 4;
      }
    },
  };
}
