// Batch norm's own part of a plan: its parameters and statistics in the arena, the sums over samples in the passes, and the reductions over
// the batch between them. Normalising itself is one of the steps of a channel pass (channels.ts).
import type { BatchNormState, EngineState } from '../../engine.ts';
import { RunledgerError } from '../../errors.ts';
import type { ResolvedLayer } from '../../network.ts';
import type { Layer } from '../../recipe.ts';
import { type ChannelConstants, finishGradients, finishStatistics, mergeSamples, sumSamples, useRunning } from '../batchNorm.ts';
import { CONSTANT_ROWS, constantOffset } from '../channelPass.ts';
import { misfit } from '../misfit.ts';
import { packVector } from '../parameters.ts';
import { pixelMoments } from '../pixelSums.ts';
import { padded } from '../plane.ts';
import { lightly, type Step, single, type Task, type Values, type Work } from '../work.ts';
import type { Mode, Site } from './unit.ts';

type BatchNorm = Extract<Layer, { kind: 'batchNorm2d' }>;

/** What batch norm brings to the unit of its channels. */
export interface BatchNormParts {
  /** Address of the constants of the passes. */
  constants: number;
  forward(mode: Mode): Work[];
  /** `add` puts a sample's sums of g and of g·(x − mean) where it is told, rows of padded channels; then their reduction over the batch. */
  backward(add: (sample: number, sums: number) => void): Work[];
  update(): Task[];
  start(): void;
  readState(state: EngineState): void;
  writeState(state: EngineState): void;
}

/** `layer` with its parameters, `resolved.parameters` being gamma and beta. */
export function batchNormParts(site: Site, layer: BatchNorm, resolved: ResolvedLayer, input: Values): BatchNormParts {
  const { arena, kernels } = site;
  const { name } = layer;
  const { channels, height, width } = input.plane;
  const pixels = height * width;
  const row = padded(channels);
  const gamma = site.parameter(resolved.parameters[0]!, packVector(channels));
  const beta = site.parameter(resolved.parameters[1]!, packVector(channels));
  const constants = arena.scratch(CONSTANT_ROWS * row * 4);
  const inverseStd = arena.scratch(row * 4);
  const statistics = [arena.shared(row * 4), arena.shared(row * 4), arena.shared(row * 4), arena.shared(row * 4)] as const;
  // Two buffers: a slow thread may still merge the moments when a fast one has come to the gradients of the same phase.
  const sampleMoments = arena.shared(3 * row * 4 * site.batch);
  const sampleSums = arena.shared(2 * row * 4 * site.batch);
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
    mergeSamples(arena.views.floats.subarray(sampleMoments / 4), 3 * row, batch, pixels, first, second);
    const state = training && arena.leads ? stateNow() : null;
    finishStatistics(first, second, count, layer, vector(gamma.address), vector(beta.address), vector(inverseStd), constantsNow(), state);
  }

  return {
    constants,
    forward(mode) {
      if (mode === 'runningStatistics') {
        const load = () => useRunning(stateNow(), layer.eps, vector(gamma.address), vector(beta.address), constantsNow());
        return [{ kind: 'prelude', name: `${name} running statistics`, barrier: false, run: load }];
      }
      const training = mode === 'training';
      return [
        lightly(`${name} moments`, (sample) => moments.run(input.at(sample), sampleMoments + sample * 3 * row * 4)),
        { kind: 'prelude', name: `${name} statistics`, barrier: true, run: (step) => reduceMoments(step, training) },
      ];
    },
    backward(add) {
      return [
        lightly(`${name} sums`, (sample) => add(sample, sampleSums + sample * 2 * row * 4)),
        {
          kind: 'prelude',
          name: `${name} gradients`,
          barrier: true,
          run({ batch }) {
            const { floats } = arena.views;
            sumSamples(floats.subarray(sampleSums / 4), 2 * row, batch, first);
            sumSamples(floats.subarray(sampleSums / 4 + row), 2 * row, batch, second);
            finishGradients(
              first,
              second,
              batch * pixels,
              vector(inverseStd),
              constantsNow(),
              vector(gamma.gradient),
              vector(beta.gradient),
            );
          },
        },
      ];
    },
    update: () => [
      single(`${name} update`, () => {
        for (const parameter of [gamma, beta]) {
          parameter.packing.blocks.forEach((_, block) => {
            parameter.update(block);
          });
        }
      }),
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
