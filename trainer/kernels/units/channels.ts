// Batch norm, ReLU and max pooling in the plan, any run of them that keeps this order: one pass forward, one or (with batch norm) two passes
// backward, and in between the reductions over the batch.
import type { ResolvedLayer } from '../../network.ts';
import type { Layer } from '../../recipe.ts';
import { type ChannelPass, channelPassForward, hasWinners } from '../channelPass.ts';
import { channelPassGradient, type GradientForm } from '../channelPassGradient.ts';
import { channelPassScatter } from '../channelPassScatter.ts';
import { type Plane, planeOf } from '../plane.ts';
import { lightly, type SampleWork, type Values } from '../work.ts';
import { batchNormParts } from './batchNorm.ts';
import { batchOf, gradientsOf, type Mode, type Site, scratchOf, type Totals, type Unit } from './unit.ts';

type BatchNorm = Extract<Layer, { kind: 'batchNorm2d' }>;
type MaxPool = Extract<Layer, { kind: 'maxPool2d' }>;

/** The layers of one unit, each at most once, in this order. */
export interface ChannelLayers {
  name: string;
  batchNorm: { layer: BatchNorm; resolved: ResolvedLayer } | null;
  relu: boolean;
  pool: MaxPool | null;
}

export function channelsUnit(site: Site, layers: ChannelLayers, input: Values, outputPlane: Plane): Unit {
  const { kernels } = site;
  const { name, relu, pool } = layers;
  const output = batchOf(site, outputPlane);
  const pass: ChannelPass = { input: input.plane, output: outputPlane, batchNorm: layers.batchNorm !== null, relu, pool };
  const winners = hasWinners(pass) ? gradientsOf(site, output) : null;
  const norm = layers.batchNorm && batchNormParts(site, layers.batchNorm.layer, layers.batchNorm.resolved, input);
  const constants = norm?.constants ?? 0;
  const centred = winners && norm ? gradientsOf(site, output) : null;

  function forward(mode: Mode): SampleWork {
    if (winners && mode === 'training') {
      const kept = { winners: winners.plane, centred: centred?.plane ?? null };
      const kernel = kernels.add(`${name}/forward`, 5, channelPassForward(pass, kept));
      return lightly(`${name} forward`, (sample) =>
        kernel.run(input.at(sample), output.at(sample), constants, winners.at(sample), centred?.at(sample) ?? 0),
      );
    }
    const kernel = kernels.add(`${name}/evaluation`, 5, channelPassForward(pass, null));
    return lightly(`${name} forward`, (sample) => kernel.run(input.at(sample), output.at(sample), constants, 0, 0));
  }

  /** Clears one plane and collects in it what comes through windows that do not tile the input. */
  function scatter(gradients: Values, place: Values): SampleWork {
    const kernel = kernels.add(`${name}/scattered`, 5, channelPassScatter(pass, gradients.plane, place.plane));
    return lightly(`${name} scatter`, (sample) =>
      kernel.run(input.at(sample), output.at(sample), gradients.at(sample), place.at(sample), constants),
    );
  }

  /** One walk over the pixels from `gradients`, through what `through` says lies before them. */
  function walk(form: GradientForm, through: ChannelPass, gradients: Values, place: Values, totals?: Totals) {
    const gate = winners ?? output;
    const planes = { x: input.plane, kept: centred?.plane ?? null, gate: gate.plane, gradient: gradients.plane, result: place.plane };
    const kernel = kernels.add(`${name}/${form}`, 6, channelPassGradient(through, planes, form, totals !== undefined));
    const x = form === 'sums' && centred ? centred : input;
    return (sample: number, sums: number) =>
      kernel.run(x.at(sample), gate.at(sample), gradients.at(sample), place.at(sample), constants, sums);
  }

  return {
    name,
    output,
    forward: (mode) => [...(norm?.forward(mode) ?? []), forward(mode)],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      const tiles = pool === null || winners !== null;
      if (norm === null) {
        if (!tiles) return { direct: true, into: (place) => (place === null ? works : [...works, scatter(gradients, place)]) };
        return {
          direct: true,
          totals: true,
          into(place, totals) {
            if (place === null) return works;
            const route = walk('routed', pass, gradients, place, totals);
            return [...works, lightly(`${name} backward`, (sample) => route(sample, totals?.(sample) ?? 0))];
          },
        };
      }
      // Where windows do not tile, pooling and ReLU come first, by way of scratch, and batch norm is what is left.
      const { channels, height, width } = input.plane;
      const collected = tiles ? gradients : scratchOf(site, planeOf([channels, height, width]));
      const through = tiles ? pass : { ...pass, output: input.plane, relu: false, pool: null };
      const collect = tiles ? null : scatter(gradients, collected);
      const before = [...works, ...(collect ? [collect] : []), ...norm.backward(walk('sums', through, collected, collected))];
      return {
        direct: true,
        totals: true,
        into(place, totals) {
          if (place === null) return before;
          const finish = walk('normalized', through, collected, place, totals);
          return [
            ...before,
            lightly(`${name} backward`, (sample, step) => {
              collect?.run(sample, step);
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
