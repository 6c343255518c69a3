// Pooling through windows that the fast passes do not take (channels.ts, smooth.ts), in the plan: a unit of its own.
import type { Pooling } from '../../layers/windows.ts';
import type { Plane } from '../plane.ts';
import { averageWindows, averageWindowsGradient, fillTables, maximumOfWindows, maximumOfWindowsGradient, tableWords } from '../pooling.ts';
import { lightly, type Values } from '../work.ts';
import { batchOf, gradientsOf, type Site, type Unit } from './unit.ts';

export function poolingUnit(site: Site, name: string, takes: 'max' | 'average', pooling: Pooling, input: Values, outputPlane: Plane): Unit {
  const { kernels, arena } = site;
  const output = batchOf(site, outputPlane);
  const tables = arena.shared(4 * tableWords(pooling));
  const pool = takes === 'max' ? maximumOfWindows : averageWindows;
  const forward = kernels.add(`${name}/forward`, 3, pool(pooling, input.plane, outputPlane));
  return {
    name,
    output,
    forward: () => [lightly(name, (sample) => forward.run(input.at(sample), output.at(sample), tables))],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      const scatter = (place: Values): ((sample: number) => void) => {
        if (takes === 'average') {
          const kernel = kernels.add(`${name}/backward`, 3, averageWindowsGradient(pooling, gradients.plane, place.plane));
          return (sample) => kernel.run(gradients.at(sample), place.at(sample), tables);
        }
        const planes = [input.plane, outputPlane, gradients.plane, place.plane] as const;
        const kernel = kernels.add(`${name}/backward`, 5, maximumOfWindowsGradient(pooling, ...planes));
        return (sample) => kernel.run(input.at(sample), output.at(sample), gradients.at(sample), place.at(sample), tables);
      };
      return {
        direct: true,
        into: (place) => (place === null ? works : [...works, lightly(`${name} backward`, scatter(place))]),
      };
    },
    prepare: () => [],
    update: () => [],
    start: () => fillTables(pooling, tables / 4, arena.views.words, arena.views.floats),
  };
}
