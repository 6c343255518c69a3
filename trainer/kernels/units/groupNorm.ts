// Group norm's own part of a plan. Every sample has constants of its own, so nothing waits for the batch but the gradients of gamma and beta.
// Normalising itself is the step of a channel pass that batch norm uses.
import type { GroupNorm } from '../../layers/groupNorm.ts';
import type { ResolvedLayer } from '../../network.ts';
import { type ChannelConstants, sumSamples } from '../batchNorm.ts';
import { CONSTANT_ROWS, constantOffset } from '../channelPass.ts';
import { finishGroup, finishGroupGradients, momentsOfChannels } from '../groupNorm.ts';
import { packVector } from '../parameters.ts';
import { pixelMoments } from '../pixelSums.ts';
import { padded } from '../plane.ts';
import { lightly, single, type Values } from '../work.ts';
import { type NormParts, updateAll } from './batchNorm.ts';
import type { Site } from './unit.ts';

/** `layer` with its parameters, `resolved.parameters` being gamma and beta, or none. */
export function groupNormParts(site: Site, layer: GroupNorm, resolved: ResolvedLayer, input: Values): NormParts {
  const { arena, kernels } = site;
  const { name, numGroups, eps } = layer;
  const { channels, height, width } = input.plane;
  const pixels = height * width;
  const row = padded(channels);
  const learned = resolved.parameters.map((parameter) => site.parameter(parameter, packVector(channels)));
  const [gamma, beta] = learned;
  const groupSize = channels / numGroups;
  const groups = Array.from({ length: numGroups }, (_, i) => [i * groupSize, (i + 1) * groupSize] as const);
  const constantBytes = CONSTANT_ROWS * row * 4;
  const constants = arena.shared(constantBytes * site.batch);
  const inverseStd = arena.shared(row * 4 * site.batch);
  const sampleMoments = arena.scratch(3 * row * 4);
  const sampleSums = arena.shared(2 * row * 4 * site.batch);
  const moments = kernels.add(`${name}/moments`, 2, pixelMoments(input.plane));

  const floatsAt = (address: number, count = channels) => arena.views.floats.subarray(address / 4, address / 4 + count);
  const unscaled = { factors: new Float32Array(channels).fill(1), addends: new Float32Array(channels) };
  const factors = () => (gamma ? floatsAt(gamma.address) : unscaled.factors);
  const addends = () => (beta ? floatsAt(beta.address) : unscaled.addends);
  const constantsOf = (sample: number): ChannelConstants => {
    const at = (key: keyof ChannelConstants) => floatsAt(constants + sample * constantBytes + constantOffset(input.plane, key));
    return { mean: at('mean'), scale: at('scale'), beta: at('beta'), ofCentred: at('ofCentred'), addend: at('addend') };
  };
  const inverseOf = (sample: number) => floatsAt(inverseStd + sample * row * 4);
  const sumsOf = (sample: number) => floatsAt(sampleSums + sample * 2 * row * 4);
  const productsOf = (sample: number) => floatsAt(sampleSums + (sample * 2 + 1) * row * 4);

  /** Sums over samples: of g as they are, of g·(x − mean) times 1/std. */
  function finishParameters(batch: number): void {
    for (let sample = 0; sample < batch; sample++) {
      const [products, inverse] = [productsOf(sample), inverseOf(sample)];
      for (let channel = 0; channel < channels; channel++) products[channel] = products[channel]! * inverse[channel]!;
    }
    const totals = new Float64Array(channels);
    const write = (from: number, to: number) => {
      sumSamples(arena.views.floats.subarray(from / 4), 2 * row, batch, totals);
      floatsAt(to).set(totals);
    };
    if (gamma) write(sampleSums + row * 4, gamma.gradient);
    if (beta) write(sampleSums, beta.gradient);
  }

  return {
    constants: (sample) => constants + sample * constantBytes,
    forward: () => [
      lightly(`${name} statistics`, (sample) => {
        moments.run(input.at(sample), sampleMoments);
        const [read, own, inverse] = [floatsAt(sampleMoments, 3 * row), constantsOf(sample), inverseOf(sample)];
        for (const group of groups) {
          finishGroup(momentsOfChannels(read, row, ...group, pixels), eps, group, factors(), addends(), inverse, own);
        }
      }),
    ],
    backward: (add) => [
      lightly(`${name} gradients`, (sample) => {
        add(sample, sampleSums + sample * 2 * row * 4);
        const [sums, products, inverse, own] = [sumsOf(sample), productsOf(sample), inverseOf(sample), constantsOf(sample)];
        for (const group of groups) finishGroupGradients(sums, products, groupSize * pixels, group, factors(), inverse, own);
      }),
    ],
    update() {
      if (learned.length === 0) return [];
      return [
        single(`${name} update`, ({ batch }) => {
          finishParameters(batch);
          updateAll(learned);
        }),
      ];
    },
    start() {},
    readState() {},
    writeState() {},
  };
}
