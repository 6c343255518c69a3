// Where one output goes several ways: into the branches of a block, and past them. On the way back the gradients of the ways are added in the
// order of the layers that took the output (docs/numerics.md).
import type { Shape } from '../../network.ts';
import { copyPlane } from '../copy.ts';
import { addPlanes, takeInOrder } from '../sum.ts';
import { lightly, type Values } from '../work.ts';
import { gradientsOf, type Order, type Return, type ShortcutGradient, type Site, type Supply, scratchOf } from './unit.ts';

/**
 * A gradient that comes back to an output by way of one of the layers that took it. A chain is what follows a unit's first input backwards; it
 * is worked off after all chains of smaller numbers, because it may begin where one of them has passed.
 */
export type Arrival = Return & { chain: number };

/** What comes back to `values` (`arrivals` in the order of the layers that took them) as one supply, and the chain that it goes on. */
export function joinArrivals(site: Site, name: string, values: Values, arrivals: readonly Arrival[]): { chain: number; supply: Supply } {
  const chain = Math.min(...arrivals.map((arrival) => arrival.chain));
  const supplies = arrivals.filter(({ supply }) => supply !== undefined).sort((a, b) => a.chain - b.chain);
  const [first, ...others] = arrivals as [Arrival, ...Arrival[]];
  // Of two, either may come first: a sum of two has no order.
  if (supplies.length === 1 && (supplies[0] === first || others.length === 1)) {
    const stored = arrivals.flatMap((arrival) => arrival.stored ?? []);
    return { chain, supply: stored.reduce((way, one) => forkSupply(site, name, values, way, one), supplies[0]!.supply!) };
  }
  if (others.length === 0) return { chain, supply: storedSupply(site, name, first.stored!) };
  if (others.length === 1 && supplies.at(-1)?.supply?.adds) return { chain, supply: addInPassing(site, values, supplies) };
  return { chain, supply: addAll(site, name, values, arrivals, supplies) };
}

/** Two chains, the gradient of the first added by the second in passing. */
function addInPassing(site: Site, values: Values, supplies: readonly Arrival[]): Supply {
  const [before, last] = [supplies[0]!.supply!, supplies[1]!.supply!];
  const addend = gradientsOf(site, values);
  const { direct, totals } = last;
  return {
    direct,
    ...(totals && { totals }),
    into: (place, passing) =>
      place === null ? [...before.into(null), ...last.into(null)] : [...before.into(addend), ...last.into(place, { ...passing, addend })],
  };
}

/** Each by itself, then one sum after another. */
function addAll(site: Site, name: string, values: Values, arrivals: readonly Arrival[], supplies: readonly Arrival[]): Supply {
  return {
    direct: true,
    into(place) {
      if (place === null) return supplies.flatMap(({ supply }) => supply!.into(null));
      const own = new Map(supplies.map((arrival) => [arrival, gradientsOf(site, values)]));
      const sum = scratchOf(site, gradientsOf(site, values).plane);
      const parts = arrivals.map((arrival) => orderedPart(site, own.get(arrival) ?? arrival.stored!.values, arrival.stored?.order ?? null));
      const additions = parts.slice(1).map((part, i) => {
        const [left, to] = [i === 0 ? parts[0]!.values : sum, i === parts.length - 2 ? place : sum];
        const add = site.kernels.add(`${name}/join/${i}`, 3, addPlanes(left.plane, part.values.plane, to.plane));
        return (sample: number) => add.run(left.at(sample), part.values.at(sample), to.at(sample));
      });
      return [
        ...supplies.flatMap((arrival) => arrival.supply!.into(own.get(arrival)!)),
        lightly(`${name} join`, (sample) => {
          for (const { bring } of parts) bring(sample);
          for (const add of additions) add(sample);
        }),
      ];
    },
  };
}

/** `values` in the order of the output, by way of scratch where they stand in another. */
function orderedPart(site: Site, values: Values, order: Order | null): { values: Values; bring(sample: number): void } {
  if (order === null) return { values, bring() {} };
  const ordered = scratchOf(site, gradientsOf(site, values).plane);
  return { values: ordered, bring: (sample) => order.back(values.at(sample), ordered.at(sample)) };
}

/** A gradient that lies there already, alone. */
function storedSupply(site: Site, name: string, { values, order }: ShortcutGradient): Supply {
  return {
    direct: true,
    into(place) {
      if (place === null) return [];
      const copy = site.kernels.add(`${name}/stored/${values.at(0)}`, 2, copyPlane(values.plane, place.plane));
      return [
        lightly(`${name} stored`, (sample) => {
          if (order) order.back(values.at(sample), place.at(sample) + place.plane.origin);
          else copy.run(values.at(sample), place.at(sample));
        }),
      ];
    },
  };
}

/** `supply` and a stored gradient together: the gradient of `values`. In passing where the supply can, else by a pass of its own. */
function forkSupply(site: Site, name: string, values: Values, supply: Supply, { values: shortcut, order }: ShortcutGradient): Supply {
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
