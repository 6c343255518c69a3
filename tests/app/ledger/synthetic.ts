// Made-up facts of whole runs, of the real shapes and sizes: what the trainer would yield for a recipe, with numbers from a small seeded
// generator. Nothing is trained.
import type { AppendResult, Json, Log, NewEvent } from '../../../app/ledger/ports.ts';
import type { Fact, Metrics } from '../../../trainer/facts.ts';
import { parseRecipe } from '../../../trainer/index.ts';
import { createEpochMeter, type StepsBlock } from '../../../trainer/measures/epochMeter.ts';
import { packSeries } from '../../../trainer/measures/series.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import type { eventSource } from '../../contracts/events.ts';

export const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export interface Plan {
  epochs: number;
  seed?: number;
  batchNorm?: boolean;
  batch?: number;
  lr?: number;
  train?: number;
  /** From this epoch on every loss is NaN, and the run fails at its end. */
  divergesAt?: number;
  /** Ends after this epoch, as if the process had gone. */
  endsAfter?: number;
}

/** mulberry32: uniform in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function syntheticRecipe({ epochs, seed = 1, batchNorm = true, batch = 64, lr = 0.001, train = 45_000 }: Plan) {
  return parseRecipe({
    dataset: 'cifar10',
    split: { train, validation: 5000 },
    augment: ['horizontalFlip', { randomCrop: { padding: 4 } }],
    network: { simpleCnn: { batchNorm } },
    optimizer: { type: 'adam', lr },
    schedule: { type: 'stepLR', stepSize: 5, gamma: 0.1 },
    batch,
    epochs,
    seed,
  });
}

const hex = (random: () => number) => Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');

/** The facts of one run, in order. */
export function* syntheticFacts(plan: Plan): Generator<Fact> {
  const {
    epochs,
    seed = 1,
    batch = 64,
    train = 45_000,
    divergesAt = Number.POSITIVE_INFINITY,
    endsAfter = Number.POSITIVE_INFINITY,
  } = plan;
  const random = generator(seed);
  const recipe = syntheticRecipe(plan);
  const network = resolveNetwork(recipe.network, [3, 32, 32], 10);
  const stepsPerEpoch = Math.ceil(train / batch);
  const normLayers = network.layers.filter(({ layer }) => layer.kind === 'batchNorm2d');
  const learned = network.layers.filter(({ parameters }) => parameters.length > 0);

  yield {
    type: 'RunStarted',
    data: {
      recipe,
      numerics: 1,
      datasetFingerprint: hex(generator(7)),
      classes,
      samples: { train, validation: 5000, test: 10_000 },
      standardize: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
      parameterCount: network.parameterCount,
      flopsPerSample: network.flopsPerSample,
      stepsPerEpoch,
      layers: network.layers.map(({ name, layer, input, output, parameters, flops }) => ({
        name,
        kind: layer.kind,
        input: [...input],
        output: [...output],
        parameters: parameters.reduce((sum, { count }) => sum + count, 0),
        flops,
      })),
    },
    measured: {
      runledger: '0.1.0',
      node: '26.10.0',
      v8: '14.6',
      os: 'linux',
      arch: 'x64',
      cpu: 'Zen 5',
      cores: 2,
      threads: 2,
      backend: 'wasm-256',
    },
  };
  yield {
    type: 'LearningRateChanged',
    data: { epoch: 1, step: 1, from: null, to: recipe.optimizer.lr, schedule: 'stepLR', why: 'start' },
    measured: {},
  };

  let best = { epoch: 0, validationAccuracy: 0 };
  let rate = recipe.optimizer.lr;
  const metricsAt = (epoch: number): Metrics =>
    epoch >= divergesAt
      ? { loss: Number.NaN, accuracy: 0.1 }
      : { loss: 2.3 / (1 + epoch) + random() / 10, accuracy: 0.8 - 0.5 / epoch + random() / 50 };

  for (let epoch = 1; epoch <= Math.min(epochs, endsAfter); epoch++) {
    if (epoch > 1 && (epoch - 1) % 5 === 0) {
      const to = rate * 0.1;
      yield {
        type: 'LearningRateChanged',
        data: { epoch, step: (epoch - 1) * stepsPerEpoch + 1, from: rate, to, schedule: 'stepLR', why: `after ${epoch - 1} epochs` },
        measured: {},
      };
      rate = to;
    }
    yield* syntheticSteps(epoch, stepsPerEpoch, rate, epoch >= divergesAt, random);
    if (normLayers.length > 0) {
      const series = normLayers.flatMap(({ name, output }) =>
        ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'].map(
          (statistic) => [`${name}/${statistic}`, Float32Array.from({ length: output[0] }, random)] as const,
        ),
      );
      const { index, arrays } = packSeries(series);
      yield { type: 'BatchNormMeasured', data: { epoch, arrays: index }, measured: {}, arrays };
    }
    const validation = metricsAt(epoch);
    const isBest = validation.accuracy > best.validationAccuracy;
    if (isBest) best = { epoch, validationAccuracy: validation.accuracy };
    yield {
      type: 'EpochMeasured',
      data: {
        epoch,
        step: epoch * stepsPerEpoch,
        train: metricsAt(epoch),
        validation,
        validationBatchStatistics: normLayers.length > 0 ? metricsAt(epoch) : null,
        confusion: classes.map(() => classes.map(() => Math.floor(random() * 100))),
        learningRate: rate,
        gradientNorm: epoch >= divergesAt ? Number.POSITIVE_INFINITY : 1 + random(),
        layerGradientNorms: Object.fromEntries(learned.map(({ name }) => [name, random()])),
        weightsSha256: hex(random),
        best,
      },
      measured: { seconds: 4.5 + random(), trainSeconds: 4 + random(), samplesPerSecond: 10_000 + 1000 * random() },
    };
    if (isBest) yield syntheticCheckpoint(epoch, stepsPerEpoch, 'best', random);
  }
  if (epochs > endsAfter) return;
  if (epochs >= divergesAt) {
    yield {
      type: 'RunFailed',
      data: {
        code: 'train.diverged',
        message: `loss became NaN in epoch ${divergesAt}`,
        help: 'use a smaller rate:  --set optimizer.lr=0.0001',
        epoch: epochs,
        step: epochs * stepsPerEpoch,
        layer: 'conv2d.1',
      },
      measured: { seconds: 5 * epochs },
    };
    return;
  }
  yield syntheticCheckpoint(epochs, stepsPerEpoch, 'last', random);
  yield {
    type: 'RunCompleted',
    data: {
      epochs,
      steps: epochs * stepsPerEpoch,
      final: { train: metricsAt(epochs), validation: metricsAt(epochs), test: metricsAt(epochs) },
      best: { epoch: best.epoch, validation: { loss: 0.6, accuracy: best.validationAccuracy }, test: metricsAt(epochs) },
      weightsSha256: hex(random),
      fingerprint: hex(random),
    },
    measured: { seconds: 5 * epochs },
  };
}

function* syntheticSteps(
  epoch: number,
  stepsPerEpoch: number,
  learningRate: number,
  diverged: boolean,
  random: () => number,
): Generator<Fact> {
  const meter = createEpochMeter(stepsPerEpoch, 200);
  const asFact = ({ data, arrays }: StepsBlock): Fact => ({
    type: 'StepsMeasured',
    data: { epoch, ...data },
    measured: { seconds: random() },
    arrays,
  });
  for (let n = 1; n <= stepsPerEpoch; n++) {
    const losses = Float32Array.of(diverged ? Number.NaN : random() * 2);
    const correct = random();
    const { block } = meter.add({ step: (epoch - 1) * stepsPerEpoch + n, losses, correct, learningRate, gradientNorm: 1 + random() });
    if (block !== null) yield asFact(block);
  }
}

function syntheticCheckpoint(epoch: number, stepsPerEpoch: number, reason: 'best' | 'last', random: () => number): Fact {
  return {
    type: 'CheckpointTaken',
    data: { epoch, step: epoch * stepsPerEpoch, sha256: hex(random), bytes: 6_600_000, reason },
    measured: {},
    blob: new Uint8Array(),
  };
}

/** Facts as the events they become. Checkpoints name blobs that are nowhere. */
export function asEvents(facts: Iterable<Fact>, event: ReturnType<typeof eventSource>): NewEvent[] {
  return Array.from(facts, (fact) =>
    event(fact.type, {
      data: fact.data as unknown as Json,
      measured: fact.measured as Json,
      arrays: 'arrays' in fact ? new Uint8Array(fact.arrays.buffer, fact.arrays.byteOffset, fact.arrays.byteLength) : null,
    }),
  );
}

/** Appends all of it, or fails. */
export async function record(log: Log, stream: string, version: number, events: NewEvent[]): Promise<void> {
  const size = 100;
  const results: Promise<AppendResult>[] = [];
  for (let start = 0; start < events.length; start += size) {
    const part = events.slice(start, start + size);
    results.push(log.append(stream, version + start, part, { flush: start + size >= events.length }));
  }
  for (const { kind } of await Promise.all(results)) if (kind !== 'appended') throw new Error(`${stream}: unexpected conflict`);
}
