// Batch norm, ReLU and max pooling in the plan, any run of them that keeps this order: one pass forward, one or (with batch norm) two passes
// backward, and in between the reductions over the batch.
import type { ResolvedLayer } from '../../network.ts';
import type { Layer } from '../../recipe.ts';
import { type ChannelPass, channelPassForward } from '../channelPass.ts';
import { channelPassGradient, channelPassScatter, windowsTile } from '../channelPassGradient.ts';
import { type Plane, planeOf } from '../plane.ts';
import { lightly, type SampleWork, type Values } from '../work.ts';
import { batchNormParts } from './batchNorm.ts';
import { batchOf, gradientsOf, type Site, scratchOf, type Unit } from './unit.ts';

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
  const forward = kernels.add(`${name}/forward`, 3, channelPassForward(pass));
  const norm = layers.batchNorm && batchNormParts(site, layers.batchNorm.layer, layers.batchNorm.resolved, input);
  const constants = norm?.constants ?? 0;
  const apply = lightly(`${name} forward`, (sample) => forward.run(input.at(sample), output.at(sample), constants));

  /** The gradient in front of pooling and ReLU, behind batch norm. */
  function routed(gradients: Values, place: Values): SampleWork {
    const kernel = windowsTile(pass)
      ? kernels.add(`${name}/routed`, 5, channelPassGradient(pass, gradients.plane, place.plane, 'routed'))
      : kernels.add(`${name}/scattered`, 5, channelPassScatter(pass, gradients.plane, place.plane));
    return lightly(`${name} backward`, (sample) =>
      kernel.run(input.at(sample), output.at(sample), gradients.at(sample), place.at(sample), constants),
    );
  }

  /** The whole gradient, once batch norm's sums are known. */
  function normalized(gradients: Values, place: Values, scratch: Values): SampleWork {
    if (windowsTile(pass)) {
      const kernel = kernels.add(`${name}/normalized`, 5, channelPassGradient(pass, gradients.plane, place.plane, 'normalized'));
      return lightly(`${name} backward`, (sample) =>
        kernel.run(input.at(sample), output.at(sample), gradients.at(sample), place.at(sample), constants),
      );
    }
    const route = routed(gradients, scratch);
    const plain: ChannelPass = { ...pass, output: input.plane, relu: false, pool: null };
    const kernel = kernels.add(`${name}/normalized`, 5, channelPassGradient(plain, scratch.plane, place.plane, 'normalized'));
    return lightly(`${name} backward`, (sample, step) => {
      route.run(sample, step);
      kernel.run(input.at(sample), 0, scratch.at(sample), place.at(sample), constants);
    });
  }

  return {
    name,
    output,
    forward: (mode) => [...(norm?.forward(mode) ?? []), apply],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      if (norm === null) {
        return { direct: true, into: (place) => (place === null ? works : [...works, routed(gradients, place)]) };
      }
      const { channels, height, width } = input.plane;
      const scratch = scratchOf(site, planeOf([channels, height, width]));
      const before = [...works, routed(gradients, scratch), ...norm.backward(scratch)];
      return { direct: true, into: (place) => (place === null ? before : [...before, normalized(gradients, place, scratch)]) };
    },
    prepare: () => [],
    update: () => norm?.update() ?? [],
    ...(norm ? { start: norm.start, readState: norm.readState, writeState: norm.writeState } : {}),
  };
}
