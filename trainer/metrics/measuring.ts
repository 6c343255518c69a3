// Metrics of states of one run, after the fact: evaluates a part of the data as often as the metrics ask, and not twice. Knows no ledger; where
// states come from is the caller's affair.
import type { DataSet } from '../data/images.ts';
import type { Engine, EngineSpec, EngineState } from '../engine.ts';
import { createEngine, type EngineOptions } from '../kernels/index.ts';
import { createTurns, type StopSignal } from '../loop/run.ts';
import { prepare } from '../prepare.ts';
import { measuredSample } from '../random/draws.ts';
import { canonicalJson } from '../recipe/canonical.ts';
import type { AugmentStep, Recipe } from '../recipe.ts';
import { type MetricTask, metricNamed } from './index.ts';
import type { Activations, MetricValues, Outputs, Part, Subject } from './metric.ts';

export interface MeasuringOptions extends Pick<EngineOptions, 'verdicts'> {
  /** Milliseconds; only differences count. */
  clock: () => number;
  threads?: number;
  /** Asked between batches; what is under way then rejects with an AbortError. */
  signal?: StopSignal;
  /** Images seen so far of those that the metric under way looks at. */
  progress?: (done: number, images: number) => void;
  /** `everyLayer`: one that keeps what every layer gives. */
  engine?: (spec: EngineSpec, everyLayer: boolean) => Engine;
}

/** At the end of an epoch. */
export interface MeasuredState {
  epoch: number;
  state: EngineState;
}

export interface Measuring {
  /** What a metric says of a state; metrics of one state share what they evaluate. */
  measure(at: MeasuredState, task: MetricTask): Promise<MetricValues>;
  /** Ends helper threads and lets memory go. */
  dispose(): void;
}

/** Prepares for states of runs of `recipe` (canonical). Throws as `checkRecipe` does. */
export function openMeasuring(recipe: Recipe, dataset: DataSet, options: MeasuringOptions): Measuring {
  const { network, split, engineSpec } = prepare(recipe, dataset);
  const { threads = 1, verdicts, signal, progress } = options;
  const create = options.engine ?? ((spec: EngineSpec, everyLayer: boolean) => createEngine(spec, { verdicts, everyLayer }));
  const turn = createTurns(options.clock);
  const last = network.layers.at(-1)!.name;
  const engines = new Map<string, { engine: Engine; holds: EngineState | null }>();
  let cached: { state: EngineState | null; outputs: Map<string, Outputs> } = { state: null, outputs: new Map() };

  function engineFor(state: EngineState, augment: readonly AugmentStep[], everyLayer: boolean): Engine {
    const key = everyLayer ? 'every layer' : canonicalJson(augment);
    const known = engines.get(key) ?? { engine: create({ ...engineSpec(threads), augment: [...augment] }, everyLayer), holds: null };
    engines.set(key, known);
    if (known.holds !== state) known.engine.writeState(state);
    known.holds = state;
    return known.engine;
  }

  /** Where a part's images stand: in which file, and which of it. */
  function imagesOf(part: Part) {
    if (part === 'test') return { file: 'test' as const, samples: Uint32Array.from({ length: dataset.test.count }, (_, i) => i) };
    return { file: 'train' as const, samples: split[part] };
  }

  async function* batchesOf(samples: Uint32Array): AsyncGenerator<Uint32Array> {
    for (let first = 0; first < samples.length; first += recipe.batch) {
      if (signal?.aborted) throw new DOMException('asked to stop', 'AbortError');
      yield samples.subarray(first, first + recipe.batch);
      progress?.(Math.min(samples.length, first + recipe.batch), samples.length);
      await turn();
    }
  }

  async function evaluate({ state, epoch }: MeasuredState, part: Part, augment: readonly AugmentStep[]): Promise<Outputs> {
    const { file, samples } = imagesOf(part);
    const engine = engineFor(state, augment, false);
    const labels = Uint8Array.from(samples, (sample) => dataset[file].labels[sample]!);
    const logits = new Float32Array(samples.length * network.classes);
    const [losses, predictions] = [new Float32Array(samples.length), new Uint32Array(samples.length)];
    let first = 0;
    for await (const batch of batchesOf(samples)) {
      const results = engine.evaluate({ part: file, samples: batch, statistics: 'running', augment: { epoch } });
      losses.set(results.losses, first);
      predictions.set(results.predictions, first);
      logits.set(engine.readOutputs(last)!, first * network.classes);
      first += batch.length;
    }
    return { logits, losses, predictions, labels };
  }

  async function* activationsOf({ state }: MeasuredState, part: Part, count: number): AsyncGenerator<Activations[]> {
    const { file, samples } = imagesOf(part);
    const engine = engineFor(state, [], true);
    for await (const batch of batchesOf(measuredSample(part, samples, count))) {
      engine.evaluate({ part: file, samples: batch, statistics: 'running' });
      yield network.layers.map((layer) => ({ layer, values: engine.readOutputs(layer.name)! }));
    }
  }

  function subjectOf(at: MeasuredState, part: Part): Subject {
    return {
      classes: dataset.classes,
      async outputs(augment) {
        if (cached.state !== at.state) cached = { state: at.state, outputs: new Map() };
        const { outputs } = cached;
        const key = `${part} ${canonicalJson(augment)}`;
        const known = outputs.get(key) ?? (await evaluate(at, part, augment));
        outputs.set(key, known);
        return known;
      },
      activations: (count) => activationsOf(at, part, count),
    };
  }

  return {
    measure: (at, { metric, part, settings }) => metricNamed(metric).measure(subjectOf(at, part), settings),
    dispose() {
      for (const { engine } of engines.values()) engine.dispose();
    },
  };
}
