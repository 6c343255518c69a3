// Layer norm in the plan: statistics, pass and way back of one sample after another, then the gradients of its factors and addends by block of
// channels.
import type { LayerNorm } from '../../layers/layerNorm.ts';
import type { ResolvedLayer } from '../../network.ts';
import { momentsOfChannels } from '../groupNorm.ts';
import { LAYER_CONSTANTS, type LayerAffine, layerNormForward, layerNormGradient, layerNormWeights } from '../layerNorm.ts';
import { packMaps } from '../parameters.ts';
import { pixelMoments } from '../pixelSums.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, padded } from '../plane.ts';
import { lightly, type Task, type Values } from '../work.ts';
import { batchOf, gradientsOf, type Site, type Unit } from './unit.ts';

export function layerNormUnit(site: Site, resolved: ResolvedLayer, { name, eps }: LayerNorm, input: Values, outputPlane: Plane): Unit {
  const { arena, kernels } = site;
  const { channels, height, width } = input.plane;
  const pixels = height * width;
  const row = padded(channels);
  const learned = resolved.parameters.map((parameter) => site.parameter(parameter, packMaps(channels, pixels)));
  const [gamma, beta] = learned;
  const affine: LayerAffine = { weight: gamma !== undefined, bias: beta !== undefined };
  const output = batchOf(site, outputPlane);
  const gradients = gradientsOf(site, output);
  const constantBytes = 4 * LAYER_CONSTANTS.length;
  const constants = arena.shared(constantBytes * site.batch);
  const constantsAt = (sample: number) => constants + sample * constantBytes;
  const channelSums = arena.scratch(3 * row * 4);
  const moments = kernels.add(`${name}/moments`, 2, pixelMoments(input.plane));
  const normalize = kernels.add(`${name}/forward`, 5, layerNormForward(input.plane, outputPlane, affine));
  const add = kernels.add(`${name}/sums`, 5, layerNormGradient(input.plane, gradients.plane, gradients.plane, affine, 'sums'));
  const weights = kernels.add(`${name}/weights`, 6, layerNormWeights(input.plane, gradients.plane, constantBytes, affine));

  function forward(sample: number): void {
    moments.run(input.at(sample), channelSums);
    const { floats } = arena.views;
    const { count, mean, m2 } = momentsOfChannels(floats.subarray(channelSums / 4), row, 0, channels, pixels);
    const own = constantsAt(sample) / 4;
    floats[own] = mean;
    floats[own + 1] = 1 / Math.sqrt(m2 / count + eps);
    normalize.run(input.at(sample), output.at(sample), gamma?.address ?? 0, beta?.address ?? 0, constantsAt(sample));
  }

  /** Sums over the sample, and the constants of its gradient from them. */
  function reduce(sample: number): void {
    add.run(input.at(sample), gradients.at(sample), gamma?.address ?? 0, constantsAt(sample), channelSums);
    const { floats } = arena.views;
    let total = 0;
    let centredTotal = 0;
    for (let channel = channelSums / 4; channel < channelSums / 4 + channels; channel++) {
      total += floats[channel]!;
      centredTotal += floats[channel + row]!;
    }
    const own = constantsAt(sample) / 4;
    const inverse = floats[own + 1]!;
    floats[own + 2] = (-inverse * inverse * inverse * centredTotal) / (channels * pixels);
    floats[own + 3] = (-inverse * total) / (channels * pixels);
  }

  const update: Task = {
    kind: 'task',
    name: `${name} update`,
    chunks: () => blocksOf(channels),
    run(block, { batch }) {
      const [at, offset] = [block * BLOCK_BYTES, block * pixels * BLOCK_BYTES];
      const [dgamma, dbeta] = [gamma!.gradient + offset, (beta?.gradient ?? 0) + offset];
      weights.run(input.at(0) + at, gradients.at(0) + at, constants, dgamma, dbeta, batch);
      for (const parameter of learned) {
        parameter.packing.blocks.forEach(({ column }, i) => {
          if (column === block * BLOCK) parameter.update(i);
        });
      }
    },
  };

  return {
    name,
    output,
    forward: () => [lightly(name, forward)],
    backward(supply) {
      const works = supply.into(gradients);
      return {
        direct: true,
        into(place) {
          if (place === null) return works;
          const back = kernels.add(`${name}/backward`, 5, layerNormGradient(input.plane, gradients.plane, place.plane, affine, 'gradient'));
          return [
            ...works,
            lightly(`${name} backward`, (sample) => {
              reduce(sample);
              back.run(input.at(sample), gradients.at(sample), gamma?.address ?? 0, constantsAt(sample), place.at(sample));
            }),
          ];
        },
      };
    },
    prepare: () => [],
    update: () => (gamma ? [update] : []),
  };
}
