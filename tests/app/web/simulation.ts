// Recordings without training: made-up facts, the same for the same seed, written into a real ledger through the real writer.
// Page and browser tests move a run on by hand, one fact at a time.
import { randomUUIDv7 } from 'node:crypto';
import type { Ledger } from '../../../app/ledger/index.ts';
import { type QueuedRun, queueRun } from '../../../app/runs/record.ts';
import { createTurns } from '../../../app/runs/turns.ts';
import { createRunWriter, type RunWriter } from '../../../app/runs/writer.ts';
import {
  type ArrayIndex,
  type EarlyEnd,
  type Fact,
  type Metrics,
  parseRecipe,
  type Recipe,
  type RunStarted,
  resolveNetwork,
} from '../../../trainer/index.ts';

export interface SimulatedPlan {
  name?: string | null;
  tags?: string[];
  seed?: number;
  batchNorm?: boolean;
  /** Images a step. */
  batch?: number;
  epochs?: number;
  dataset?: 'mnist' | 'cifar10';
  lr?: number;
}

export interface SimulatedRun {
  id: string;
  start(): Promise<void>;
  /** Steps, batch-norm statistics and metrics of the next epoch. */
  epoch(): Promise<void>;
  /** `early` where it ends before its last epoch. */
  complete(early?: EarlyEnd): Promise<void>;
  /** Its loss becomes NaN. */
  fail(): Promise<void>;
  stop(): Promise<void>;
}

const stepsPerEpoch = 200;
const points = 40;
const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** A clock that starts on one day and goes on by a second at every look. */
export function steadyClock(start = Date.UTC(2026, 2, 14, 12)): () => number {
  let now = start;
  return () => {
    now += 1000;
    return now;
  };
}

/** Ids that count, so that pages are the same in every test run. */
export function countingIds(): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `${next.toString(16).padStart(8, 'a')}-0000-4000-8000-${next.toString(16).padStart(12, '0')}`;
  };
}

/** Queues a run that nobody trains. */
export async function simulateRun(
  ledger: Ledger,
  clock: () => number,
  newId: () => string,
  plan: SimulatedPlan = {},
): Promise<SimulatedRun> {
  const { name = null, tags = [], seed = 1, batchNorm = true, epochs = 3, dataset = 'mnist', lr = 0.001, batch = 4 } = plan;
  const recipe = parseRecipe({
    dataset,
    split: { train: 800, validation: 200, seed: 0 },
    network: { simpleCnn: { batchNorm } },
    optimizer: { type: 'adam', lr },
    schedule: { type: 'stepLR', stepSize: 2, gamma: 0.1 },
    batch,
    epochs,
    seed,
  });
  const host = { ledger, clock, newId, newEventId: randomUUIDv7 };
  const queued: QueuedRun = await queueRun(host, { recipe, name, tags, sweep: null });
  const writer = createRunWriter({
    log: ledger.log,
    blobs: ledger.blobs,
    stream: `run/${queued.runId}`,
    version: 1,
    attempt: 1,
    clock,
    newEventId: randomUUIDv7,
    checkpoints: createTurns(),
    waitFor: async () => false,
  });
  return moveOn(queued.runId, recipe, writer, ledger);
}

function moveOn(id: string, recipe: Recipe, writer: RunWriter, ledger: Ledger): SimulatedRun {
  let done = 0;
  const write = async (...facts: Fact[]) => void (await Promise.all(facts.map((fact) => writer.write(fact))));
  const end = async (fact: Fact) => {
    await write(fact);
    await ledger.leases.release(id);
  };
  return {
    id,
    start: () => write(started(recipe), rateChange(1, null, recipe.optimizer.lr)),
    async epoch() {
      done += 1;
      await write(steps(recipe, done), ...batchNorm(recipe, done), epochMeasured(recipe, done));
    },
    complete: (early) =>
      end({
        type: 'RunCompleted',
        data: {
          epochs: done,
          steps: done * stepsPerEpoch,
          final: { train: train(recipe, done), validation: validation(recipe, done), test: validation(recipe, done) },
          best: { epoch: done, validation: validation(recipe, done), test: validation(recipe, done) },
          weightsSha256: 'ab'.repeat(32),
          fingerprint: recipe.seed.toString(16).padStart(64, 'f'),
          ...(early && { early }),
        },
        measured: { seconds: done * 7.4 },
      }),
    fail: () =>
      end({
        type: 'RunFailed',
        data: {
          code: 'train.diverged',
          message: 'The loss became NaN',
          help: 'Lower the rate: --set optimizer.lr=0.01',
          epoch: done + 1,
          step: 3,
          layer: null,
        },
        measured: { seconds: 1 },
      }),
    stop: () =>
      end({ type: 'RunStopped', data: { epoch: done, step: done * stepsPerEpoch, by: 'user', why: 'asked' }, measured: { seconds: 1 } }),
  };
}

/** Rises towards a ceiling that depends on batch normalization and a little on the seed. */
function validation(recipe: Recipe, epoch: number): Metrics {
  const { seed, network } = recipe;
  const ceiling = network.some(({ kind }) => kind === 'batchNorm2d') ? 0.985 : 0.965;
  const accuracy = ceiling - 0.4 * 2 ** -epoch + ((seed * 7919) % 13) / 2000;
  return { accuracy, loss: (1.1 - accuracy) * explosion(recipe) };
}

/** With a rate above one the losses grow by it. */
const explosion = ({ optimizer }: Recipe): number => Math.max(1, optimizer.lr);

function train(recipe: Recipe, epoch: number): Metrics {
  const { accuracy } = validation(recipe, epoch);
  return { accuracy: accuracy + 0.01, loss: (1.05 - accuracy) * explosion(recipe) };
}

function layersOf(recipe: Recipe) {
  return resolveNetwork(recipe.network, recipe.dataset === 'mnist' ? [1, 28, 28] : [3, 32, 32], classes.length);
}

function started(recipe: Recipe): RunStarted {
  const network = layersOf(recipe);
  return {
    type: 'RunStarted',
    data: {
      recipe,
      numerics: 1,
      datasetFingerprint: recipe.dataset.length.toString(16).padStart(64, 'd'),
      classes,
      samples: { train: 800, validation: 200, test: 200 },
      standardize: { mean: [0.13], std: [0.31] },
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
      v8: '14',
      os: 'Linux',
      arch: 'x64',
      cpu: 'test',
      cores: 2,
      threads: 1,
      backend: 'wasm',
    },
  };
}

function rateChange(step: number, from: number | null, to: number): Fact {
  return {
    type: 'LearningRateChanged',
    data: { epoch: Math.ceil(step / stepsPerEpoch), step, from, to, schedule: 'stepLR', why: 'start' },
    measured: {},
  };
}

/** Series one after another, and where each lies. */
function pack(series: Record<string, number[]>): { arrays: Float32Array; index: ArrayIndex } {
  const index: ArrayIndex = {};
  const all: number[] = [];
  for (const [name, values] of Object.entries(series)) {
    index[name] = { offset: all.length, shape: [values.length] };
    all.push(...values);
  }
  return { arrays: Float32Array.from(all), index };
}

function steps(recipe: Recipe, epoch: number): Fact {
  const first = (epoch - 1) * stepsPerEpoch;
  const at = Array.from({ length: points }, (_, i) => first + ((i + 1) * stepsPerEpoch) / points);
  const lossMean = at.map((step) => (0.07 + 2 * 2 ** (-step / 150)) * explosion(recipe));
  const { arrays, index } = pack({
    lossMean,
    lossMin: lossMean.map((loss) => loss * 0.8),
    lossMax: lossMean.map((loss) => loss * 1.3),
    accuracy: lossMean.map((loss) => 1 - loss / 3),
    learningRate: at.map(() => recipe.optimizer.lr),
    gradientNorm: lossMean.map((loss) => loss * 2),
  });
  return {
    type: 'StepsMeasured',
    data: { epoch, firstStep: first + 1, lastStep: first + stepsPerEpoch, steps: at, arrays: index },
    measured: { seconds: 7 },
    arrays,
  };
}

function batchNorm(recipe: Recipe, epoch: number): Fact[] {
  const layers = layersOf(recipe).layers.filter(({ layer }) => layer.kind === 'batchNorm2d');
  if (layers.length === 0) return [];
  const series = layers.flatMap(({ name, output: [channels] }) => {
    const values = (scale: number) => Array.from({ length: channels }, (_, c) => scale * Math.sin(c + 1) * (1 - 2 ** -epoch));
    const squares = (scale: number) => values(scale).map((value) => value * value + 0.1);
    return [
      [`${name}/runningMean`, values(1)],
      [`${name}/runningVariance`, squares(1)],
      [`${name}/batchMean`, values(1.1)],
      [`${name}/batchVariance`, squares(1.1)],
    ] as const;
  });
  const { arrays, index } = pack(Object.fromEntries(series));
  return [{ type: 'BatchNormMeasured', data: { epoch, arrays: index }, measured: {}, arrays }];
}

function epochMeasured(recipe: Recipe, epoch: number): Fact {
  const measured = validation(recipe, epoch);
  const right = Math.round(measured.accuracy * 20);
  return {
    type: 'EpochMeasured',
    data: {
      epoch,
      step: epoch * stepsPerEpoch,
      train: train(recipe, epoch),
      validation: measured,
      validationBatchStatistics: { accuracy: measured.accuracy - 0.01, loss: measured.loss + 0.02 },
      confusion: classes.map((_, row) => classes.map((_, column) => (column === row ? right : column === (row + 1) % 10 ? 20 - right : 0))),
      learningRate: recipe.optimizer.lr,
      gradientNorm: 1.5 / epoch,
      layerGradientNorms: Object.fromEntries(
        layersOf(recipe)
          .layers.filter(({ parameters }) => parameters.length > 0)
          .map(({ name }, i) => [name, (i + 1) / epoch]),
      ),
      weightsSha256: epoch.toString(16).padStart(64, '0'),
      best: { epoch, validationAccuracy: measured.accuracy },
    },
    measured: { seconds: 7.4, trainSeconds: 7, samplesPerSecond: 6080 },
  };
}
