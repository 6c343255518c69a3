// Batch norm, ReLU and max pooling in the plan, any run of them that keeps this order: one pass forward, one or (with batch norm) two passes
// backward, and in between the reductions over the batch.
import type { BatchNormState, EngineState } from '../../engine.ts';
import { RunledgerError } from '../../errors.ts';
import type { ResolvedLayer } from '../../network.ts';
import type { Layer } from '../../recipe.ts';
import { type ChannelConstants, finishGradients, finishStatistics, mergeSamples, sumSamples, useRunning } from '../batchNorm.ts';
import { type ChannelPass, CONSTANT_ROWS, channelPassForward, constantOffset } from '../channelPass.ts';
import { channelPassGradient, channelPassScatter, windowsTile } from '../channelPassGradient.ts';
import { misfit } from '../misfit.ts';
import { packVector } from '../parameters.ts';
import { pixelMoments, pixelProducts } from '../pixelSums.ts';
import { type Plane, padded, planeOf } from '../plane.ts';
import { lightly, type SampleWork, type Step, single, type Task, type Values, type Work } from '../work.ts';
import { batchOf, gradientsOf, type Mode, type Site, scratchOf, type Unit } from './unit.ts';

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
  const norm = layers.batchNorm && batchNormOf(site, layers.batchNorm, input);
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

interface BatchNormParts {
  /** Address of the constants of the passes. */
  constants: number;
  forward(mode: Mode): Work[];
  /** Sums of the gradient in scratch, then their reduction over the batch. */
  backward(scratch: Values): Work[];
  update(): Task[];
  start(): void;
  readState(state: EngineState): void;
  writeState(state: EngineState): void;
}

function batchNormOf(site: Site, { layer, resolved }: NonNullable<ChannelLayers['batchNorm']>, input: Values): BatchNormParts {
  const { arena, kernels } = site;
  const { name } = layer;
  const { channels, height, width } = input.plane;
  const pixels = height * width;
  const row = padded(channels);
  const gamma = site.parameter(resolved.parameters[0]!, packVector(channels));
  const beta = site.parameter(resolved.parameters[1]!, packVector(channels));
  const constants = arena.shared(CONSTANT_ROWS * row * 4);
  const inverseStd = arena.shared(row * 4);
  const statistics = [arena.shared(row * 4), arena.shared(row * 4), arena.shared(row * 4), arena.shared(row * 4)] as const;
  const sampleSums = arena.shared(3 * row * 4 * site.batch);
  const moments = kernels.add(`${name}/moments`, 2, pixelMoments(input.plane));
  const first = new Float64Array(channels);
  const second = new Float64Array(channels);

  const vector = (address: number) => arena.views.floats.subarray(address / 4, address / 4 + channels);
  const constantsNow = (): ChannelConstants => {
    const at = (key: keyof ChannelConstants) => vector(constants + constantOffset(input.plane, key));
    return { mean: at('mean'), scale: at('scale'), beta: at('beta'), ofCentred: at('ofCentred'), addend: at('addend') };
  };
  const stateNow = (): BatchNormState => ({
    runningMean: vector(statistics[0]),
    runningVariance: vector(statistics[1]),
    batchMean: vector(statistics[2]),
    batchVariance: vector(statistics[3]),
  });

  function reduceMoments({ batch }: Step, training: boolean): void {
    const count = batch * pixels;
    if (count === 1) throw oneValue(name);
    mergeSamples(arena.views.floats.subarray(sampleSums / 4), 3 * row, batch, pixels, first, second);
    const state = training ? stateNow() : null;
    finishStatistics(first, second, count, layer, vector(gamma.address), vector(beta.address), vector(inverseStd), constantsNow(), state);
  }

  return {
    constants,
    forward(mode) {
      if (mode === 'runningStatistics') {
        const load = () => useRunning(stateNow(), layer.eps, vector(gamma.address), vector(beta.address), constantsNow());
        return [single(`${name} running statistics`, load)];
      }
      const training = mode === 'training';
      return [
        lightly(`${name} moments`, (sample) => moments.run(input.at(sample), sampleSums + sample * 3 * row * 4)),
        single(`${name} statistics`, (step) => reduceMoments(step, training)),
      ];
    },
    backward(scratch) {
      const products = kernels.add(`${name}/products`, 4, pixelProducts(scratch.plane, input.plane));
      return [
        lightly(`${name} sums`, (sample) => {
          const mean = constants + constantOffset(input.plane, 'mean');
          products.run(scratch.at(sample), input.at(sample), mean, sampleSums + sample * 3 * row * 4);
        }),
        single(`${name} gradients`, ({ batch }) => {
          const { floats } = arena.views;
          sumSamples(floats.subarray(sampleSums / 4), 3 * row, batch, first);
          sumSamples(floats.subarray(sampleSums / 4 + row), 3 * row, batch, second);
          finishGradients(first, second, batch * pixels, vector(inverseStd), constantsNow(), vector(gamma.gradient), vector(beta.gradient));
        }),
      ];
    },
    update: () => [
      single(
        `${name} update`,
        () => {
          for (const parameter of [gamma, beta]) {
            parameter.packing.blocks.forEach((_, block) => {
              parameter.update(block);
            });
          }
        },
        false,
      ),
    ],
    start() {
      stateNow().runningVariance.fill(1);
    },
    readState(state) {
      const { runningMean, runningVariance, batchMean, batchVariance } = stateNow();
      state.batchNorm.set(name, {
        runningMean: runningMean.slice(),
        runningVariance: runningVariance.slice(),
        batchMean: batchMean.slice(),
        batchVariance: batchVariance.slice(),
      });
    },
    writeState(state) {
      const from = state.batchNorm.get(name);
      const to = stateNow();
      for (const key of ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'] as const) {
        if (from?.[key].length !== channels) throw misfit(`${name}/${key}`, from?.[key].length, channels);
        to[key].set(from[key]);
      }
    },
  };
}

function oneValue(layer: string): RunledgerError {
  return new RunledgerError('engine.batchNorm', `${layer} has one value per channel (batch 1, map 1 × 1), and a variance needs two`, {
    help: 'set dropLast: true, or choose a batch that leaves no single sample',
    place: layer,
  });
}
