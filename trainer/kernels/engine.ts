// The generated engine: plans a network, generates and compiles its kernels, and runs the phases of a step over one arena.
// What a step means stands in the units; the order of every sum stands in docs/numerics.md.
import v8 from 'node:v8';
import type { Engine, EngineSpec, EngineState, Evaluation, SampleResults, StepResults, TrainStep } from '../engine.ts';
import { initialValues } from '../random/draws.ts';
import { Arena } from './arena.ts';
import { KernelSet } from './emit/kernels.ts';
import { compileKernels, instantiateKernels } from './emit/wasm.ts';
import { planAugmentation, writeImage } from './gather.ts';
import { crossEntropy, lossScratch } from './loss.ts';
import { misfit } from './misfit.ts';
import { planOptimizer } from './optimizer.ts';
import { PackedParameter } from './parameters.ts';
import { planNetwork } from './plan.ts';
import { requireFusedMadd } from './probe.ts';
import { type Target, WASM_256 } from './tiles.ts';
import type { Site } from './units/unit.ts';
import type { Phase, Step, Values, Work } from './work.ts';

export interface WasmOptions {
  /** What the tiles are made for; changes no bit. */
  target?: Target;
  /** Whether neighbouring layers are computed in one pass; changes no bit. */
  merge?: boolean;
}

/** An engine at its first step. Throws `engine.arithmetic` where the recipe asks for fused arithmetic and the machine has none. */
export function createWasmEngine(spec: EngineSpec, { target = WASM_256, merge = true }: WasmOptions = {}): Engine {
  if (target.merged) v8.setFlagsFromString('--experimental-wasm-revectorize');
  if (spec.arithmetic === 'fused') requireFusedMadd();

  const { network, seed, pixelTable } = spec;
  const [channels, height, width] = network.input;
  const imageBytes = channels * height * width;
  const arena = new Arena();
  const kernels = new KernelSet();
  const optimizer = planOptimizer(spec.optimizer);
  const constants = arena.shared(64);
  const labels = arena.shared(4 * spec.batch);
  const losses = arena.shared(4 * spec.batch);
  const inverseBatch = arena.shared(4);
  const table = arena.shared(4 * pixelTable.length);
  const scratch = arena.scratch(4 * lossScratch(network.classes));
  const predictions = new Uint32Array(spec.batch);
  const parameters = new Map<string, PackedParameter>();
  const augment = planAugmentation(spec.augment, seed, { channels, height, width });
  let stepsTaken = 0;

  const site: Site = {
    arena,
    kernels,
    target,
    seed,
    batch: spec.batch,
    parameter(parameter, packing) {
      const packed = new PackedParameter(arena, kernels, optimizer, constants, parameter, packing);
      parameters.set(parameter.name, packed);
      return packed;
    },
  };

  const plan = planNetwork(site, network, { gather, loss }, merge);
  const ordered = network.parameters.map(({ name }) => parameters.get(name)!);
  const memory = arena.createMemory();
  arena.attach(memory);
  const compiled = compileKernels(kernels.sources, spec.arithmetic === 'fused', memory);
  kernels.link(instantiateKernels(compiled, memory));
  const { floats } = arena.views;
  start();

  function gather(input: Values): Work {
    const bytes = arena.scratch(imageBytes);
    const write = kernels.add('gather', 3, writeImage(input.plane));
    return {
      kind: 'sample',
      name: 'gather',
      light: true,
      run(n, { part, samples, augmented, epoch }) {
        const { images, labels: classes } = spec[part];
        const sample = samples[n]!;
        const image = images.subarray(sample * imageBytes, (sample + 1) * imageBytes);
        arena.views.bytes.set(augmented ? augment(image, sample, epoch) : image, bytes);
        write.run(bytes, table, input.at(n));
        arena.views.words[labels / 4 + n] = classes[sample]!;
      },
    };
  }

  function loss(logits: Values, gradients: Values | null): Work {
    // Where no gradient is wanted, every sample's goes to the same place.
    const unwanted = gradients === null ? arena.scratch(logits.plane.bytes) : 0;
    const gradientBytes = gradients?.plane.sampleBytes ?? 0;
    const kernel = kernels.add(`loss/${gradientBytes}`, 7, crossEntropy(network.classes, logits.plane.sampleBytes, gradientBytes));
    return {
      kind: 'range',
      name: 'loss',
      run(first, end) {
        const place = gradients?.at(first) ?? unwanted;
        kernel.run(logits.at(first), place, labels + 4 * first, losses + 4 * first, end - first, inverseBatch, scratch);
        for (let n = first; n < end; n++) predictions[n] = largest(arena.views.floats, logits.at(n) / 4, network.classes);
      },
    };
  }

  function start(): void {
    floats.set(pixelTable, table / 4);
    for (const packed of ordered) {
      packed.write(packed.address, initialValues(seed, packed.parameter));
      for (const slot of packed.slots) packed.write(slot, new Float32Array(packed.parameter.count).fill(optimizer.empty));
    }
    for (const unit of plan.units) unit.start?.();
  }

  function run(phases: readonly Phase[], step: Step): SampleResults {
    floats[inverseBatch / 4] = 1 / step.batch;
    for (const { tasks } of phases) {
      for (const task of tasks) {
        const chunks = task.chunks(step);
        for (let chunk = 0; chunk < chunks; chunk++) task.run(chunk, step);
      }
    }
    return { losses: floats.subarray(losses / 4, losses / 4 + step.batch), predictions: predictions.subarray(0, step.batch) };
  }

  return {
    backend: target.backend,
    trainStep({ samples, epoch, step, learningRate }: TrainStep): StepResults {
      floats.set(optimizer.constants(learningRate, step), constants / 4);
      const results = run(plan.training, { batch: samples.length, epoch, part: 'train', augmented: spec.augment.length > 0, samples });
      stepsTaken++;
      return { ...results, squaredGradients: Float64Array.from(ordered, (packed) => packed.squaredGradient()) };
    },
    evaluate({ part, samples, statistics }: Evaluation): SampleResults {
      const phases = statistics === 'running' ? plan.runningStatistics : plan.batchStatistics;
      return run(phases, { batch: samples.length, epoch: 0, part, augmented: false, samples });
    },
    readState(): EngineState {
      const state: EngineState = { parameters: new Map(), optimizer: new Map(), batchNorm: new Map() };
      for (const packed of ordered) {
        const { name } = packed.parameter;
        state.parameters.set(name, packed.read(packed.address));
        if (!optimizer.slotsFromStart && stepsTaken === 0) continue;
        optimizer.slots.forEach((slot, i) => {
          state.optimizer.set(`${name}/${slot}`, packed.read(packed.slots[i]!));
        });
      }
      for (const unit of plan.units) unit.readState?.(state);
      return state;
    },
    writeState(state: EngineState): void {
      for (const packed of ordered) {
        const { name, count } = packed.parameter;
        const values = state.parameters.get(name);
        if (values?.length !== count) throw misfit(name, values?.length, count);
        packed.write(packed.address, values);
        optimizer.slots.forEach((slot, i) => {
          const held = state.optimizer.get(`${name}/${slot}`) ?? new Float32Array(count).fill(optimizer.empty);
          if (held.length !== count) throw misfit(`${name}/${slot}`, held.length, count);
          packed.write(packed.slots[i]!, held);
        });
      }
      stepsTaken = state.optimizer.size > 0 ? 1 : 0;
      for (const unit of plan.units) unit.writeState?.(state);
    },
    readGradients: () => new Map(ordered.map((packed) => [packed.parameter.name, packed.read(packed.gradient)])),
    dispose() {},
  };
}

/** Place of the largest of `count` values from `start`: the first one, and the first NaN before all. */
function largest(values: Float32Array, start: number, count: number): number {
  let place = 0;
  let best = values[start]!;
  for (let i = 1; i < count && !Number.isNaN(best); i++) {
    const value = values[start + i]!;
    if (value > best || Number.isNaN(value)) {
      place = i;
      best = value;
    }
  }
  return place;
}
