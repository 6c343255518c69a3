// The way back through a plan: every unit is given what comes back to its output and hands on what it makes of it. Where branches began, what
// comes back by way of each is brought together (units/fork.ts).
import { type Arrival, joinArrivals } from './units/fork.ts';
import type { Site, Supply, Unit } from './units/unit.ts';
import type { Work } from './work.ts';

/** A unit in its place. */
export interface Placed {
  unit: Unit;
  /** Places of the units whose outputs it takes, -1 for the images. */
  inputs: readonly number[];
  /** Whether anything in or before it learns, so that the gradient of its output is wanted. */
  learns: boolean;
}

/** Works of the way back, from the loss to the first units that learn. */
export function planBackward(site: Site, units: readonly Placed[], loss: Supply): Work[] {
  /** By unit: what comes back to its output, in the order of the layers that took it. */
  const arriving = units.map((): Arrival[] => []);
  /** Chains that end where nothing learns, so that no gradient is taken further. */
  const ended: Arrival[] = [];
  const wanted = (place: number) => units[place]?.learns ?? false;
  const arrive = (place: number, arrival: Arrival) => {
    // Units are passed from the last to the first.
    if (wanted(place)) arriving[place]!.unshift(arrival);
    else ended.push(arrival);
  };
  arrive(units.length - 1, { supply: loss, chain: 0 });
  let chains = 1;
  for (const [index, { unit, inputs, learns }] of [...units.entries()].reverse()) {
    if (!learns) continue;
    const [from, ...others] = inputs as [number, ...number[]];
    const { chain, supply } = joinArrivals(site, unit.name, unit.output, arriving[index]!);
    const own: Arrival = { supply: unit.backward(supply, wanted(from)), chain };
    const returned = (others.length > 0 && unit.others?.()) || [];
    for (const [i, back] of [...returned.entries()].reverse()) arrive(others[i]!, { ...back, chain: chains + i });
    chains += returned.length;
    arrive(from, own);
  }
  return ended.sort((a, b) => a.chain - b.chain).flatMap(({ supply }) => supply?.into(null) ?? []);
}
