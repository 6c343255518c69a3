// The units of layers that join and are no sum: branches side by side, and maps times one number a channel. A sum is part of the pass over the
// channels that ends it (channels.ts).
import { copyChannels } from '../concatenation.ts';
import type { Plane } from '../plane.ts';
import { scaleBackward, scaleForward } from '../scale.ts';
import { lightly, type SampleWork, type Values } from '../work.ts';
import { batchOf, gradientsOf, type Order, type Shortcut, type Site, type Supply, scratchOf, type Unit } from './unit.ts';

const ordering = ({ order }: { order: Order | null }): SampleWork[] => (order ? [order.forward] : []);

/** What each of `inputs` gives, side by side along the channels. */
export function concatenationUnit(site: Site, name: string, inputs: readonly Shortcut[], outputPlane: Plane): Unit {
  const { kernels } = site;
  const output = batchOf(site, outputPlane);
  let channels = 0;
  const parts = inputs.map(({ values, order }, i) => {
    const [first, count] = [channels, values.plane.channels];
    channels += count;
    const copy = kernels.add(`${name}/forward/${i}`, 2, copyChannels(values.plane, outputPlane, { from: 0, to: first, count }));
    return { i, values, order, first, count, forward: (sample: number) => copy.run(values.at(sample), output.at(sample)) };
  });

  /** Brings the part of `gradients` that is an input's into its own order. */
  function take({ i, values, order, first, count }: (typeof parts)[number], gradients: Values, place: Values): SampleWork {
    const own = order === null ? place : scratchOf(site, gradientsOf(site, values).plane);
    const copy = kernels.add(`${name}/backward/${i}`, 2, copyChannels(gradients.plane, own.plane, { from: first, to: 0, count }));
    return lightly(`${name} backward`, (sample) => {
      copy.run(gradients.at(sample), own.at(sample));
      order?.back(own.at(sample), place.at(sample) + place.plane.origin);
    });
  }

  const gradients = gradientsOf(site, output);
  return {
    name,
    output,
    forward: () => [
      ...inputs.flatMap(ordering),
      lightly(`${name} forward`, (sample) => {
        for (const { forward } of parts) forward(sample);
      }),
    ],
    backward(supply) {
      const works = supply.into(gradients);
      return { direct: true, into: (place) => (place === null ? works : [...works, take(parts[0]!, gradients, place)]) };
    },
    others: () =>
      parts.slice(1).map((part) => {
        const supply: Supply = { direct: true, into: (place) => (place === null ? [] : [take(part, gradients, place)]) };
        return { supply };
      }),
    prepare: () => [],
    update: () => [],
    start() {
      for (const { order } of inputs) order?.start();
    },
  };
}

/** `input` times the numbers of `gate`, one a channel. */
export function scaleUnit(site: Site, name: string, input: Values, gate: Shortcut, outputPlane: Plane): Unit {
  const { kernels } = site;
  const output = batchOf(site, outputPlane);
  const factors = (sample: number) => gate.values.at(sample) + gate.values.plane.origin;
  const forward = kernels.add(`${name}/forward`, 3, scaleForward(input.plane, outputPlane));
  const gradients = gradientsOf(site, output);
  const gateGradients = gradientsOf(site, gate.values);
  return {
    name,
    output,
    forward: () => [
      ...ordering(gate),
      lightly(`${name} forward`, (sample) => forward.run(input.at(sample), factors(sample), output.at(sample))),
    ],
    backward(supply) {
      const works = supply.into(gradients);
      return {
        direct: true,
        into(place) {
          const back = kernels.add(`${name}/backward`, 5, scaleBackward(input.plane, gradients.plane, place?.plane ?? null));
          return [
            ...works,
            lightly(`${name} backward`, (sample) =>
              back.run(input.at(sample), factors(sample), gradients.at(sample), place?.at(sample) ?? 0, gateGradients.at(sample)),
            ),
          ];
        },
      };
    },
    others: () => [{ stored: { values: gateGradients, order: gate.order } }],
    prepare: () => [],
    update: () => [],
    start: () => gate.order?.start(),
  };
}
