// Batch norm or group norm, an activation, and pooling in the plan, where average pooling or an activation other than ReLU is among them: one pass forward,
// one or (with batch norm) two walks backward, and in between the reductions over the batch. All else is in channels.ts.
import type { GradientForm } from '../channelPassGradient.ts';
import { type Plane, planeOf } from '../plane.ts';
import { averageScatter, type Kept, NOTHING_KEPT, type SmoothPass, smoothPassForward, windowsTile } from '../smoothPass.ts';
import { smoothPassGradient } from '../smoothPassGradient.ts';
import { lightly, type SampleWork, type Values } from '../work.ts';
import { type NormLayer, normParts } from './norm.ts';
import { batchOf, gradientsOf, type Mode, type Site, scratchOf, type Totals, type Unit } from './unit.ts';

/** Largest side of windows that the walk back spells out; larger ones are scattered. */
const WALKED = 8;

/** The layers of one unit, each at most once, in this order. Max pooling only behind an activation, and where `poolsInOnePass`. */
export interface SmoothLayers {
  name: string;
  norm: NormLayer | null;
  activation: SmoothPass['activation'];
  pool: SmoothPass['pool'];
}

export function smoothUnit(site: Site, layers: SmoothLayers, input: Values, outputPlane: Plane): Unit {
  const { kernels } = site;
  const { name, activation, pool } = layers;
  const { channels, height, width } = input.plane;
  const dense = planeOf([channels, height, width]);
  const output = batchOf(site, outputPlane);
  const pass: SmoothPass = { input: input.plane, output: outputPlane, batchNorm: layers.norm !== null, activation, pool };
  const norm = layers.norm && normParts(site, layers.norm, input);
  const constants = norm?.constants ?? (() => 0);
  const winners = pool?.kind === 'max' ? gradientsOf(site, output) : null;
  // Without kept slopes the sums need what went in of every pixel, so that of the winners saves nothing.
  const centred = winners && norm && activation?.keepsSlope ? gradientsOf(site, output) : null;
  const slopes = !activation?.keepsSlope ? null : centred ? gradientsOf(site, output) : batchOf(site, dense);
  const kept: Kept = {
    slopes: slopes?.plane ?? null,
    winners: winners?.plane ?? null,
    centred: centred?.plane ?? null,
  };

  function forward(mode: Mode): SampleWork {
    const training = mode === 'training';
    const kernel = kernels.add(
      `${name}/${training ? 'forward' : 'evaluation'}`,
      6,
      smoothPassForward(pass, training ? kept : NOTHING_KEPT),
    );
    return lightly(`${name} forward`, (sample) => {
      const [slope, winner] = [slopes?.at(sample) ?? 0, winners?.at(sample) ?? 0];
      kernel.run(input.at(sample), output.at(sample), constants(sample), slope, winner, centred?.at(sample) ?? 0);
    });
  }

  /** One walk over the pixels from `gradients`, through what `through` says lies before them. */
  function walk(form: GradientForm, through: SmoothPass, gradients: Values, place: Values, totals?: Totals) {
    const planes = {
      x: input.plane,
      slopes: slopes?.plane ?? dense,
      winners: winners?.plane ?? dense,
      kept: kept.centred,
      gradient: gradients.plane,
      result: place.plane,
    };
    const kernel = kernels.add(`${name}/${form}`, 7, smoothPassGradient(through, planes, form, totals !== undefined));
    const x = form === 'sums' && centred ? centred : input;
    return (sample: number, sums: number) => {
      const [slope, winner] = [slopes?.at(sample) ?? 0, winners?.at(sample) ?? 0];
      kernel.run(x.at(sample), slope, winner, gradients.at(sample), place.at(sample), constants(sample), sums);
    };
  }

  return {
    name,
    output,
    forward: (mode) => [...(norm?.forward(mode) ?? []), forward(mode)],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      // Where windows do not tile, average pooling comes first, by way of scratch, and the walk goes through what is left.
      const tiles = pool === null || (windowsTile(input.plane, pool) && pool.kernel <= WALKED);
      const collected = tiles ? gradients : scratchOf(site, dense);
      const through: SmoothPass = tiles ? pass : { ...pass, output: input.plane, pool: null };
      const scatter = tiles ? null : kernels.add(`${name}/scattered`, 2, averageScatter(pass, gradients.plane, collected.plane));
      const collect = (sample: number) => scatter?.run(gradients.at(sample), collected.at(sample));
      const before = norm
        ? [
            ...works,
            ...(scatter ? [lightly(`${name} scatter`, collect)] : []),
            ...norm.backward(walk('sums', through, collected, collected)),
          ]
        : works;
      return {
        direct: true,
        totals: true,
        into(place, { totals } = {}) {
          if (place === null) return before;
          const finish = walk(norm ? 'normalized' : 'routed', through, collected, place, totals);
          return [
            ...before,
            lightly(`${name} backward`, (sample) => {
              collect(sample);
              finish(sample, totals?.(sample) ?? 0);
            }),
          ];
        },
      };
    },
    prepare: () => [],
    update: () => norm?.update() ?? [],
    ...(norm ? { start: norm.start, readState: norm.readState, writeState: norm.writeState } : {}),
  };
}
