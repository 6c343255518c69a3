// The generated engine: plans a network, generates and compiles its kernels, keeps what is learned in one arena, and runs the phases of a
// step with a team of threads. What a step means stands in the units; the order of every sum stands in docs/numerics.md.
import {
  batchesOf,
  type Engine,
  type EngineSpec,
  type EngineState,
  type Evaluation,
  type SampleResults,
  type StepResults,
  type TrainStep,
} from '../engine.ts';
import { initialValues } from '../random/draws.ts';
import { EMA_SLOT } from '../recipe/ema.ts';
import { momentsOf, PhaseTimes } from '../threads/phaseTimes.ts';
import { recruitHelpers, soloTeam } from '../threads/team.ts';
import { allowMerging } from '../v8Flags.ts';
import { compileKernels } from './emit/compile.ts';
import { instantiateKernels } from './emit/module.ts';
import { misfit } from './misfit.ts';
import { readPlanes } from './planes.ts';
import { requireFusedMadd } from './probe.ts';
import { PASSES, type ProgramOptions, planProgram } from './program.ts';
import { WASM_256 } from './tiles.ts';
import type { Step } from './work.ts';
import type { HelperData } from './worker.ts';

/** What the threads did in one pass through the network. */
export interface PassProfile {
  pass: keyof typeof PASSES;
  /** Names of the phases, in order. */
  phases: readonly string[];
  threads: number;
  /**
   * (threads, phases, 2): a thread began the phase, and was done with its share; all go on when the last one is. Milliseconds on the
   * clock of `performance.now()` of the engine's own thread; zeros of a thread that had no part in the pass.
   */
  times: Float64Array;
}

/** How an engine is made; nothing here changes a bit. */
export interface WasmEngineOptions extends ProgramOptions {
  /** Called after every pass; without it no time is taken. */
  profile: (pass: PassProfile) => void;
}

/** What helpers run. */
export const HELPER = new URL('./worker.ts', import.meta.url);

/** An engine at its first step. Throws `engine.arithmetic` where the recipe asks for fused arithmetic and the machine has none. */
export function createWasmEngine(
  spec: EngineSpec,
  { target = WASM_256, merge = true, threads = spec.threads, profile }: Partial<WasmEngineOptions> = {},
): Engine {
  if (target.merged) allowMerging();
  if (spec.arithmetic === 'fused') requireFusedMadd();

  const options = { target, merge, threads };
  const { arena, kernels, optimizer, units, outputs, parameters, phases, addresses } = planProgram(spec, options, 0);
  const memory = arena.createMemory();
  arena.attach(memory);
  // Helpers start while the kernels are generated.
  const recruits = threads === 1 ? null : recruitHelpers<HelperData>(threads, HELPER);
  const compiled = compileKernels(kernels.sources, spec.arithmetic === 'fused', memory);
  kernels.link(instantiateKernels(compiled, memory));
  const { floats, words } = arena.views;
  let stepsTaken = 0;
  /** Whether there are averages yet. */
  let averaged = false;
  /** Samples of the last evaluation. */
  let evaluated = 0;

  const longest = Math.max(...phases.map(({ length }) => length));
  const moments = profile ? momentsOf(threads, longest) : null;
  const origin = performance.timeOrigin;
  const times = moments && new PhaseTimes(moments, longest, 0, origin);
  const leader = soloTeam(times);
  // Helpers plan while the values are filled in.
  const join = recruits?.begin(
    new Int32Array(memory.buffer, addresses.board),
    { spec, options, memory, compiled, board: addresses.board, profile: moments && { times: moments, phases: longest, origin } },
    times,
  );
  floats.set(spec.pixelTable, addresses.table / 4);
  for (const packed of parameters) {
    packed.write(packed.address, initialValues(spec.seed, packed.parameter));
    for (const slot of packed.slots) packed.fill(slot, packed.moving.empty);
  }
  for (const unit of units) unit.start?.();
  const team = join?.() ?? leader;

  function showProfile(pass: keyof typeof PASSES): void {
    if (!moments || !profile) return;
    const names = phases[PASSES[pass]]!.map(({ name }) => name);
    const perThread = moments.length / threads;
    const times = new Float64Array(threads * names.length * 2);
    for (let thread = 0; thread < threads; thread++) {
      times.set(moments.subarray(thread * perThread, thread * perThread + names.length * 2), thread * names.length * 2);
    }
    profile({ pass, phases: names, threads, times });
  }

  function run(pass: keyof typeof PASSES, step: Step): SampleResults {
    const { batch, samples } = step;
    floats[addresses.inverseBatch / 4] = 1 / batch;
    words.set(samples, addresses.samples / 4);
    // One sample forward is one chunk after another: nothing for helpers to do.
    const alone = batch === 1 && pass !== 'training' && pass !== 'accumulating';
    moments?.fill(0);
    (alone ? leader : team).run(PASSES[pass], phases[PASSES[pass]]!, step);
    showProfile(pass);
    return {
      losses: floats.subarray(addresses.losses / 4, addresses.losses / 4 + batch),
      predictions: words.subarray(addresses.predictions / 4, addresses.predictions / 4 + batch),
    };
  }

  /** The batches of a step, one after another; parameters move with the last. */
  function trainBatches(samples: Uint32Array, epoch: number): SampleResults {
    const augmented = spec.augment.length > 0;
    const batches = batchesOf(samples, spec.batch);
    const passOf = (batch: Uint32Array, pass: 'training' | 'accumulating') =>
      run(pass, { batch: batch.length, epoch, part: 'train', augmented, samples: batch });
    if (batches.length === 1) {
      optimizer.accumulation?.begin('alone', 1);
      return passOf(samples, 'training');
    }
    const results = { losses: new Float32Array(samples.length), predictions: new Uint32Array(samples.length) };
    let first = 0;
    for (const [i, batch] of batches.entries()) {
      const last = i === batches.length - 1;
      optimizer.accumulation!.begin(last ? 'last' : i === 0 ? 'first' : 'middle', batch.length / samples.length);
      const { losses, predictions } = passOf(batch, last ? 'training' : 'accumulating');
      results.losses.set(losses, first);
      results.predictions.set(predictions, first);
      first += batch.length;
    }
    return results;
  }

  return {
    backend: target.backend,
    trainStep({ samples, epoch, step, learningRate }: TrainStep): StepResults {
      optimizer.averaging?.begin(!averaged);
      optimizer.setConstants({ learningRate, t: step, fresh: stepsTaken === 0 });
      const results = trainBatches(samples, epoch);
      stepsTaken++;
      averaged = optimizer.averaging !== null;
      return { ...results, squaredGradients: Float64Array.from(parameters, (packed) => packed.squaredGradient()) };
    },
    evaluate({ part, samples, statistics, augment }: Evaluation): SampleResults {
      const pass = statistics === 'running' ? 'runningStatistics' : 'batchStatistics';
      const augmented = augment !== undefined && spec.augment.length > 0;
      evaluated = samples.length;
      return run(pass, { batch: samples.length, epoch: augment?.epoch ?? 0, part, augmented, samples });
    },
    readOutputs(layer: string): Float32Array | null {
      const values = outputs.get(layer);
      return values === undefined ? null : readPlanes(floats, values, evaluated);
    },
    readState(): EngineState {
      const state: EngineState = { parameters: new Map(), optimizer: new Map(), batchNorm: new Map() };
      for (const packed of parameters) {
        const { name } = packed.parameter;
        state.parameters.set(name, packed.read(packed.address));
        if (averaged) state.optimizer.set(`${name}/${EMA_SLOT}`, packed.read(packed.average));
        if (!packed.moving.slotsFromStart && stepsTaken === 0) continue;
        packed.moving.slots.forEach((slot, i) => {
          state.optimizer.set(`${name}/${slot}`, packed.read(packed.slots[i]!));
        });
      }
      for (const unit of units) unit.readState?.(state);
      return state;
    },
    writeState(state: EngineState): void {
      averaged = optimizer.averaging !== null && parameters.every(({ parameter }) => state.optimizer.has(`${parameter.name}/${EMA_SLOT}`));
      for (const packed of parameters) {
        const { name, count } = packed.parameter;
        const fill = (address: number, slot: string, empty: number) => {
          const held = state.optimizer.get(`${name}/${slot}`) ?? new Float32Array(count).fill(empty);
          if (held.length !== count) throw misfit(`${name}/${slot}`, held.length, count);
          packed.write(address, held);
        };
        const values = state.parameters.get(name);
        if (values?.length !== count) throw misfit(name, values?.length, count);
        packed.write(packed.address, values);
        packed.moving.slots.forEach((slot, i) => {
          fill(packed.slots[i]!, slot, packed.moving.empty);
        });
        if (optimizer.averaging) fill(packed.average, EMA_SLOT, 0);
      }
      const known = parameters.some(({ parameter: { name }, moving }) =>
        moving.slots.some((slot) => state.optimizer.has(`${name}/${slot}`)),
      );
      stepsTaken = known ? 1 : 0;
      for (const unit of units) unit.writeState?.(state);
    },
    readGradients: () => new Map(parameters.map((packed) => [packed.parameter.name, packed.read(packed.gradient)])),
    swapAverages(): void {
      if (averaged) for (const packed of parameters) packed.swapAverage();
    },
    dispose: () => team.dispose(),
  };
}
