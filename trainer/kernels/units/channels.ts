// Batch norm or group norm, the sum of a residual block, ReLU and max pooling in the plan, any run of them that keeps this order: one pass forward, one or
// (with batch norm) two passes backward, and in between the reductions over the batch.
import { type ChannelPass, channelPassForward, hasWinners } from '../channelPass.ts';
import { channelPassGradient, type GradientForm, type GradientPlanes } from '../channelPassGradient.ts';
import { channelPassScatter } from '../channelPassScatter.ts';
import { type Plane, planeOf } from '../plane.ts';
import { lightly, type SampleWork, type Values } from '../work.ts';
import { type NormLayer, normParts } from './norm.ts';
import { batchOf, gradientsOf, type Mode, type Passing, type Shortcut, type Site, scratchOf, type Unit } from './unit.ts';

/** The layers of one unit, each at most once, in this order. Behind a sum, pooling only where windows tile (`hasWinners`). */
export interface ChannelLayers {
  name: string;
  norm: NormLayer | null;
  /** Of the residual block that ends here: what is added. */
  shortcut: Shortcut | null;
  relu: boolean;
  pool: ChannelPass['pool'];
}

export function channelsUnit(site: Site, layers: ChannelLayers, input: Values, outputPlane: Plane): Unit {
  const { kernels } = site;
  const { name, shortcut, relu, pool } = layers;
  const output = batchOf(site, outputPlane);
  const dense = planeOf([input.plane.channels, input.plane.height, input.plane.width]);
  const pass: ChannelPass = {
    input: input.plane,
    output: outputPlane,
    batchNorm: layers.norm !== null,
    shortcut: shortcut?.values.plane ?? null,
    relu,
    pool,
  };
  const winners = hasWinners(pass) ? gradientsOf(site, output) : null;
  const norm = layers.norm && normParts(site, layers.norm, input);
  const constants = norm?.constants ?? (() => 0);
  const centred = winners && norm ? gradientsOf(site, output) : null;
  const gradients = gradientsOf(site, output);
  // Of the sum: what arrives, and where ReLU lies behind it, that again without what ReLU stops, in the same place.
  const sumGradient = !shortcut?.wantsGradient ? null : pool ? gradientsOf(site, input) : gradients;
  const kept = relu || pool ? sumGradient : null;
  const order = shortcut?.order ?? null;
  const shortcutAt = (sample: number) => shortcut?.values.at(sample) ?? 0;

  function forward(mode: Mode): SampleWork {
    if (winners && mode === 'training') {
      const windows = { winners: winners.plane, centred: centred?.plane ?? null };
      const kernel = kernels.add(`${name}/forward`, 6, channelPassForward(pass, windows));
      return lightly(`${name} forward`, (sample) =>
        kernel.run(
          input.at(sample),
          output.at(sample),
          constants(sample),
          winners.at(sample),
          centred?.at(sample) ?? 0,
          shortcutAt(sample),
        ),
      );
    }
    const kernel = kernels.add(`${name}/evaluation`, 6, channelPassForward(pass, null));
    return lightly(`${name} forward`, (sample) =>
      kernel.run(input.at(sample), output.at(sample), constants(sample), 0, 0, shortcutAt(sample)),
    );
  }

  /** Clears one plane and collects in it what comes through windows that do not tile the input. */
  function scatter(place: Values): SampleWork {
    const kernel = kernels.add(`${name}/scattered`, 5, channelPassScatter(pass, gradients.plane, place.plane));
    return lightly(`${name} scatter`, (sample) =>
      kernel.run(input.at(sample), output.at(sample), gradients.at(sample), place.at(sample), constants(sample)),
    );
  }

  /** One walk over the pixels from `from`, through what `through` says lies before them. */
  function walk(
    form: GradientForm,
    through: ChannelPass,
    from: Values,
    to: Values,
    { totals, keep, addend }: Passing & { keep?: Values | null },
  ) {
    const gate = winners ?? output;
    const beside = keep ?? addend;
    const planes: GradientPlanes = {
      x: input.plane,
      kept: centred?.plane ?? null,
      gate: gate.plane,
      gradient: from.plane,
      result: to.plane,
      beside: beside ? { plane: beside.plane, use: keep ? 'keep' : 'add' } : null,
    };
    const kernel = kernels.add(`${name}/${form}`, 7, channelPassGradient(through, planes, form, totals !== undefined));
    const x = form === 'sums' && centred ? centred : input;
    return (sample: number, sums: number) => {
      const [gated, besides] = [gate.at(sample), beside?.at(sample) ?? 0];
      kernel.run(x.at(sample), gated, from.at(sample), to.at(sample), constants(sample), sums, besides);
    };
  }

  /** What lies before the gradient of the sum, or of the output of batch norm, once it is there. */
  const normAlone: ChannelPass = { ...pass, output: input.plane, relu: false, pool: null };

  return {
    name,
    output,
    forward: (mode) => [...(norm?.forward(mode) ?? []), ...(order ? [order.forward] : []), forward(mode)],
    others: () => (sumGradient ? [{ stored: { values: sumGradient, order } }] : []),
    backward(supply) {
      const works = supply.into(gradients);
      const tiles = pool === null || winners !== null;
      if (norm === null) {
        if (!tiles) return { direct: true, into: (place) => (place === null ? works : [...works, scatter(place)]) };
        return {
          direct: true,
          totals: true,
          adds: true,
          into(wanted, passing = {}) {
            if (wanted === null && kept === null) return works;
            // The gradient of the sum is kept even where the body's goes nowhere.
            const place = wanted ?? scratchOf(site, dense);
            const route = walk('routed', pass, gradients, place, { ...passing, keep: kept });
            return [...works, lightly(`${name} backward`, (sample) => route(sample, passing.totals?.(sample) ?? 0))];
          },
        };
      }
      // Where windows do not tile, pooling and ReLU come first, by way of scratch, and batch norm is what is left.
      const collected = tiles ? gradients : scratchOf(site, dense);
      const collect = tiles ? null : scatter(collected);
      const through = tiles ? pass : normAlone;
      const sums = walk('sums', through, collected, collected, { keep: kept });
      const before = [...works, ...(collect ? [collect] : []), ...norm.backward(sums)];
      return {
        direct: true,
        totals: true,
        adds: true,
        into(place, passing = {}) {
          if (place === null) return before;
          const finish = kept
            ? walk('normalized', normAlone, kept, place, passing)
            : walk('normalized', through, collected, place, passing);
          return [
            ...before,
            lightly(`${name} backward`, (sample, step) => {
              collect?.run(sample, step);
              finish(sample, passing.totals?.(sample) ?? 0);
            }),
          ];
        },
      };
    },
    prepare: () => [],
    update: () => norm?.update() ?? [],
    start() {
      norm?.start();
      order?.start();
    },
    ...(norm ? { readState: norm.readState, writeState: norm.writeState } : {}),
  };
}
