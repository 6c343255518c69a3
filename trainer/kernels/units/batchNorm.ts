// Batch norm's own part of a plan: its parameters and statistics in the arena, the sums over samples in the passes, and the reductions over
// the batch between them. Normalising itself is one of the steps of a channel pass (channels.ts).
import type { BatchNormState, EngineState } from '../../engine.ts';
import { RunledgerError } from '../../errors.ts';
import { type BatchNorm, tracksStatistics } from '../../layers/norms.ts';
import type { ResolvedLayer } from '../../network.ts';
import { type ChannelConstants, finishGradients, finishStatistics, mergeSamples, sumSamples, useRunning } from '../batchNorm.ts';
import { CONSTANT_ROWS, constantOffset } from '../channelPass.ts';
import { misfit } from '../misfit.ts';
import { type PackedParameter, packVector } from '../parameters.ts';
import { pixelMoments } from '../pixelSums.ts';
import { padded } from '../plane.ts';
import { lightly, type Step, single, type Task, type Values, type Work } from '../work.ts';
import type { Mode, Site } from './unit.ts';

/** What a norm brings to the unit of its channels. */
export interface NormParts {
  /** Address of the constants of the passes over a sample. */
  constants(sample: number): number;
  forward(mode: Mode): Work[];
  /** `add` puts a sample's sums of g and of g·(x − mean) where it is told, rows of padded channels; then their reduction over the batch. */
  backward(add: (sample: number, sums: number) => void): Work[];
  update(): Task[];
  start(): void;
  readState(state: EngineState): void;
  writeState(state: EngineState): void;
}

/** `layer` with its parameters, `resolved.parameters` being gamma and beta, or none. */
export function batchNormParts(site: Site, layer: BatchNorm, resolved: ResolvedLayer, input: Values): NormParts {
  const { arena, kernels } = site;
  const { name } = layer;
  const { channels, height, width } = input.plane;
  const pixels = height * width;
  const row = padded(channels);
  const learned = resolved.parameters.map((parameter) => site.parameter(parameter, packVector(channels)));
  const [gamma, beta] = learned;
  const tracks = tracksStatistics(layer);
  let batchesTracked = 0;
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
  const unscaled = { factors: new Float32Array(channels).fill(1), addends: new Float32Array(channels) };
  const factors = () => (gamma ? vector(gamma.address) : unscaled.factors);
  const addends = () => (beta ? vector(beta.address) : unscaled.addends);
  /** Gradients of what is not learned go nowhere. */
  const unwanted = new Float32Array(channels);
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
    const state = training && tracks && arena.leads ? stateNow() : null;
    if (state) batchesTracked++;
    const momentum = layer.momentum ?? 1 / batchesTracked;
    finishStatistics(first, second, count, layer.eps, momentum, factors(), addends(), vector(inverseStd), constantsNow(), state);
  }

  return {
    constants: () => constants,
    forward(mode) {
      if (mode === 'runningStatistics' && tracks) {
        const load = () => useRunning(stateNow(), layer.eps, factors(), addends(), constantsNow());
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
              gamma ? vector(gamma.gradient) : unwanted,
              beta ? vector(beta.gradient) : unwanted,
            );
          },
        },
      ];
    },
    update: () => (learned.length === 0 ? [] : [single(`${name} update`, () => updateAll(learned))]),
    start() {
      stateNow().runningVariance.fill(1);
    },
    readState(state) {
      if (!tracks) return;
      const { runningMean, runningVariance, batchMean, batchVariance } = stateNow();
      state.batchNorm.set(name, {
        runningMean: runningMean.slice(),
        runningVariance: runningVariance.slice(),
        batchMean: batchMean.slice(),
        batchVariance: batchVariance.slice(),
        ...(layer.momentum === null && { batchesTracked }),
      });
    },
    writeState(state) {
      if (!tracks) return;
      const from = state.batchNorm.get(name);
      batchesTracked = from?.batchesTracked ?? 0;
      const to = stateNow();
      for (const key of ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'] as const) {
        if (from?.[key].length !== channels) throw misfit(`${name}/${key}`, from?.[key].length, channels);
        to[key].set(from[key]);
      }
    },
  };
}

/** An optimizer step of whole parameters. */
export function updateAll(parameters: readonly PackedParameter[]): void {
  for (const parameter of parameters) {
    parameter.packing.blocks.forEach((_, block) => {
      parameter.update(block);
    });
  }
}

function oneValue(layer: string): RunledgerError {
  return new RunledgerError('engine.batchNorm', `${layer} has one value per channel (batch 1, map 1 × 1), and a variance needs two`, {
    help: 'set dropLast: true, or choose a batch that leaves no single sample',
    place: layer,
  });
}
