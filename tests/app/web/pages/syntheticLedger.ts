// A real ledger with made-up runs: facts of the right shape appended through the log, so that pages read what a trainer would
// have left. Every number follows from the seed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, openLedger } from '../../../../app/ledger/index.ts';
import type { Json, NewEvent } from '../../../../app/ledger/ports.ts';
import { type Layer, parseRecipe, type Recipe, resolveNetwork } from '../../../../trainer/index.ts';

const start = Date.UTC(2026, 2, 14, 12);
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

export interface RunSpec {
  /** Decides the id: the run is `0000000n-…`. */
  n: number;
  name: string;
  seed?: number;
  batchNorm?: boolean;
  epochs?: number;
  lr?: number;
  /** Validation accuracy where training ends. */
  reaches?: number;
  /** How it ends; `running` stops after `measured` epochs. */
  ending?: 'completed' | 'failed' | 'running' | 'stopped';
  measured?: number;
  /** Loss is NaN from this epoch on. */
  nanFrom?: number;
  classes?: string[];
  tags?: string[];
  sweep?: { id: string; trial: number };
}

export interface SyntheticLedger {
  ledger: Ledger;
  folder: string;
  run(spec: RunSpec): Promise<string>;
  /** Appends to one stream, at its end. */
  append(stream: string, events: { type: string; data: Json }[]): Promise<void>;
  close(): Promise<void>;
}

export const runId = (n: number): string => `${hex(n, 8)}-0000-4000-8000-${hex(n, 12)}`;
const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export async function syntheticLedger(): Promise<SyntheticLedger> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-pages-'));
  let ticks = 0;
  const clock = () => start + ticks++ * 250;
  let ids = 0;
  const newId = () => `018e0000-0000-7000-8000-${hex(++ids, 12)}`;
  const ledger = await openLedger(join(folder, 'ledger'), { write: true, clock, newId });

  const event = (type: string, fields: Partial<NewEvent>): NewEvent => ({
    id: newId(),
    type,
    schemaVersion: 1,
    attempt: 1,
    recordedAt: new Date(clock()).toISOString(),
    data: {},
    measured: null,
    arrays: null,
    blob: null,
    ...fields,
  });
  const append = async (stream: string, events: NewEvent[]) => {
    const { version } = await ledger.log.head(stream);
    const result = await ledger.log.append(stream, version, events, { flush: true });
    if (result.kind !== 'appended') throw new Error(`${stream} is further than version ${version}`);
  };

  return {
    ledger,
    folder,
    append: (stream, events) =>
      append(
        stream,
        events.map(({ type, data }) => event(type, { data, attempt: 0 })),
      ),
    async run(spec) {
      const id = runId(spec.n);
      if (spec.ending === 'running') await ledger.leases.hold(id);
      await append(`run/${id}`, await factsOf(spec, event, ledger));
      return id;
    },
    async close() {
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type MakeEvent = (type: string, fields: Partial<NewEvent>) => NewEvent;

export function recipeOf(spec: RunSpec): Recipe {
  return parseRecipe({
    dataset: 'mnist',
    split: { train: 50_000, validation: 10_000, seed: 0 },
    preprocess: 'standardize',
    augment: [],
    network: { simpleCnn: { batchNorm: spec.batchNorm ?? true } },
    loss: 'crossEntropy',
    optimizer: { type: 'adam', lr: spec.lr ?? 0.001 },
    schedule: { type: 'stepLR', stepSize: 5, gamma: 0.1 },
    batch: 64,
    epochs: spec.epochs ?? 8,
    seed: spec.seed ?? 1,
  });
}

async function factsOf(spec: RunSpec, event: MakeEvent, ledger: Ledger): Promise<NewEvent[]> {
  const recipe = recipeOf(spec);
  const classes = spec.classes ?? digits;
  const network = resolveNetwork(recipe.network, [1, 28, 28], classes.length);
  const noise = noiseOf(spec.n);
  const stepsPerEpoch = 782;
  const measured = spec.measured ?? recipe.epochs;
  const course = Array.from({ length: measured }, (_, index) => metricsAt(spec, index + 1, noise));
  const best = bestUntil(course, measured);
  const sha = (n: number) => hex(spec.n * 1000 + n, 64);
  const facts = [
    event('RunQueued', {
      attempt: 0,
      data: { recipe, name: spec.name, tags: spec.tags ?? [], sweep: spec.sweep ?? null } as unknown as Json,
    }),
    event('RunStarted', {
      data: {
        recipe,
        numerics: 1,
        datasetFingerprint: hex(9, 64),
        classes,
        samples: { train: 50_000, validation: 10_000, test: 10_000 },
        standardize: { mean: [0.13], std: [0.31] },
        parameterCount: network.parameterCount,
        flopsPerSample: network.flopsPerSample,
        stepsPerEpoch,
        layers: network.layers.map((layer) => ({
          name: layer.name,
          kind: layer.layer.kind,
          input: [...layer.input],
          output: [...layer.output],
          parameters: layer.parameters.reduce((sum, parameter) => sum + parameter.count, 0),
          flops: layer.flops,
        })),
      } as unknown as Json,
      measured: {
        runledger: '0.1.0',
        node: '26.10.0',
        v8: '14.2',
        os: 'linux',
        arch: 'x64',
        cpu: 'a <processor> & co',
        cores: 8,
        threads: 1,
        backend: 'wasm-256',
      },
    }),
    rateChange(event, 1, 1, null, recipe.optimizer.lr),
  ];
  for (const point of course) {
    const { epoch } = point;
    if (epoch > 1 && (epoch - 1) % 5 === 0) {
      const from = recipe.optimizer.lr * 0.1 ** ((epoch - 1) / 5 - 1);
      facts.push(rateChange(event, epoch, (epoch - 1) * stepsPerEpoch + 1, from, from * 0.1));
    }
    facts.push(
      stepsOf(event, point, stepsPerEpoch, noise),
      epochOf(event, point, bestUntil(course, epoch), stepsPerEpoch, spec, sha(epoch), classes.length),
    );
    if (spec.batchNorm ?? true) facts.push(batchNormOf(event, epoch, recipe.network, network.layers, noise));
  }
  if (spec.ending === 'running') return facts;
  const last = course.at(-1)!;
  if (spec.ending === 'failed') {
    return [
      ...facts,
      event('RunFailed', {
        data: {
          code: 'train.diverged',
          message: 'the loss is NaN in step <6,257>',
          help: 'lower the rate: --set optimizer.lr=0.0001',
          epoch: last.epoch,
          step: last.epoch * stepsPerEpoch,
          layer: null,
        },
        measured: { seconds: 12 },
      }),
    ];
  }
  if (spec.ending === 'stopped') {
    return [
      ...facts,
      event('RunStopped', {
        data: { epoch: last.epoch, step: last.epoch * stepsPerEpoch, by: 'user', why: 'Ctrl-C' },
        measured: { seconds: 9 },
      }),
    ];
  }
  const blob = await ledger.blobs.put(new TextEncoder().encode(`checkpoint of run ${spec.n}`));
  return [
    ...facts,
    event('CheckpointTaken', {
      data: { epoch: last.epoch, step: last.epoch * stepsPerEpoch, sha256: blob, bytes: 2_531_000, reason: 'last' },
      blob,
    }),
    event('RunCompleted', {
      data: {
        epochs: last.epoch,
        steps: last.epoch * stepsPerEpoch,
        final: { train: last.train, validation: last.validation, test: last.validation },
        best: { epoch: best.epoch, validation: best.validation, test: best.validation },
        weightsSha256: sha(999),
        fingerprint: hex(spec.n, 64),
      },
      measured: { seconds: last.epoch * (spec.batchNorm === false ? 6.6 : 7.4) },
    }),
  ];
}

interface Point {
  epoch: number;
  train: { loss: number; accuracy: number };
  validation: { loss: number; accuracy: number };
}

/** Rises towards the accuracy it reaches, as curves of training do. */
function metricsAt(spec: RunSpec, epoch: number, noise: () => number): Point {
  const reaches = spec.reaches ?? (spec.batchNorm === false ? 0.978 : 0.986);
  const validation = Math.min(1, reaches - 0.12 * Math.exp(-epoch / 2) + noise() * 0.002);
  const training = Math.min(0.9999, reaches + 0.01 - 0.2 * Math.exp(-epoch / 2));
  const lost = spec.nanFrom !== undefined && epoch >= spec.nanFrom;
  return {
    epoch,
    train: { loss: lost ? Number.NaN : 2.5 * (1 - training) + 0.01, accuracy: lost ? 0.1 : training },
    validation: { loss: lost ? Number.NaN : 3 * (1 - validation), accuracy: lost ? 0.1 : validation },
  };
}

function bestUntil(course: Point[], epoch: number): Point {
  return course.slice(0, epoch).reduce((a, b) => (b.validation.accuracy > a.validation.accuracy ? b : a));
}

function rateChange(event: MakeEvent, epoch: number, step: number, from: number | null, to: number): NewEvent {
  const why = from === null ? 'initial rate' : `epoch ${epoch - 1} is a multiple of 5: × 0.1`;
  return event('LearningRateChanged', { data: { epoch, step, from, to, schedule: 'stepLR', why }, measured: {} });
}

function stepsOf(event: MakeEvent, { epoch, train }: Point, stepsPerEpoch: number, noise: () => number): NewEvent {
  const steps = Array.from({ length: 40 }, (_, index) => (epoch - 1) * stepsPerEpoch + Math.ceil(((index + 1) * stepsPerEpoch) / 40));
  const series = ['lossMean', 'lossMin', 'lossMax', 'accuracy', 'learningRate', 'gradientNorm'];
  const arrays = new Float32Array(series.length * steps.length);
  for (let i = 0; i < steps.length; i++) {
    const loss = train.loss + 0.3 * Math.exp(-(epoch - 1) * 2 - i / 8) + noise() * 0.02;
    for (const [row, value] of [
      loss,
      loss * 0.8,
      loss * 1.3,
      Math.min(1, train.accuracy + noise() * 0.01 - 0.2 * Math.exp(-(epoch - 1) - i / 10)),
      0.001,
      1,
    ].entries())
      arrays[row * steps.length + i] = value;
  }
  const index = Object.fromEntries(series.map((name, row) => [name, { offset: row * steps.length, shape: [steps.length] }]));
  return event('StepsMeasured', {
    data: { epoch, firstStep: (epoch - 1) * stepsPerEpoch + 1, lastStep: epoch * stepsPerEpoch, steps, arrays: index },
    measured: { seconds: 7 },
    arrays: new Uint8Array(arrays.buffer),
  });
}

function epochOf(
  event: MakeEvent,
  point: Point,
  best: Point,
  stepsPerEpoch: number,
  spec: RunSpec,
  sha: string,
  classes: number,
): NewEvent {
  const normed = spec.batchNorm ?? true;
  const wrong = Math.round((1 - point.validation.accuracy) * 100);
  return event('EpochMeasured', {
    data: {
      epoch: point.epoch,
      step: point.epoch * stepsPerEpoch,
      train: point.train,
      validation: point.validation,
      validationBatchStatistics: normed ? { loss: point.validation.loss * 1.05, accuracy: point.validation.accuracy - 0.003 } : null,
      confusion: Array.from({ length: classes }, (_, row) =>
        Array.from({ length: classes }, (__, column) => (row === column ? 1000 - wrong : (row + 1) % classes === column ? wrong : 0)),
      ),
      learningRate: 0.001,
      gradientNorm: 1.2,
      layerGradientNorms: { 'conv2d.1': 0.5, 'conv2d.2': 0.4 },
      weightsSha256: sha,
      best: { epoch: best.epoch, validationAccuracy: best.validation.accuracy },
    },
    measured: { seconds: 7.4, trainSeconds: 6.9, samplesPerSecond: 7246 },
  });
}

function batchNormOf(
  event: MakeEvent,
  epoch: number,
  layers: Layer[],
  resolved: ReturnType<typeof resolveNetwork>['layers'],
  noise: () => number,
): NewEvent {
  const index: Record<string, { offset: number; shape: number[] }> = {};
  const values: number[] = [];
  for (const layer of layers.filter(({ kind }) => kind === 'batchNorm2d')) {
    const channels = resolved.find(({ name }) => name === layer.name)!.output[0];
    const add = (name: string, value: (channel: number) => number) => {
      index[`${layer.name}/${name}`] = { offset: values.length, shape: [channels] };
      for (let channel = 0; channel < channels; channel++) values.push(value(channel));
    };
    const settled = 1 - Math.exp(-epoch / 2);
    add('runningMean', (channel) => Math.sin(channel * 1.7) * settled);
    add('runningVariance', (channel) => 1 + settled * (0.5 + 0.4 * Math.cos(channel)));
    add('batchMean', (channel) => Math.sin(channel * 1.7) * settled + noise() * 0.1);
    add('batchVariance', (channel) => (1 + settled * (0.5 + 0.4 * Math.cos(channel))) * (channel % 7 === 3 ? 1.6 : 1 + noise() * 0.1));
  }
  return event('BatchNormMeasured', {
    data: { epoch, arrays: index },
    measured: {},
    arrays: new Uint8Array(Float32Array.from(values).buffer),
  });
}

/** Uniform in −1 … 1, the same for the same run. */
function noiseOf(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  };
}

const uuid = (n: number) => `0000000${n}-aaaa-4000-8000-000000000000`;

/** A declared ablation of batch normalization over these seeds, each trial completed unless told otherwise. */
export async function declareAblation(
  synthetic: SyntheticLedger,
  options: { n: number; seeds: number[]; running?: number[] },
): Promise<{ id: string; runs: string[] }> {
  const [sweep, id] = [`${uuid(options.n)}`.replace('aaaa', 'bbbb'), uuid(options.n)];
  const path = 'network.simpleCnn.batchNorm';
  const factors = [{ path, values: [true, false] }];
  const runs: string[] = [];
  const trials = options.seeds.flatMap((seed) => [true, false].map((batchNorm) => ({ seed, batchNorm })));
  const declared = { name: 'batch normalization on mnist', factors, seeds: options.seeds, metric: 'validationAccuracy' };
  await synthetic.append(`sweep/${sweep}`, [
    { type: 'SweepDeclared', data: { ...declared, kind: 'ablation', recipe: { dataset: 'mnist' } } },
  ]);
  await synthetic.append(`ablation/${id}`, [{ type: 'AblationDeclared', data: { ...declared, sweep } }]);
  for (const [index, { seed, batchNorm }] of trials.entries()) {
    const n = options.n * 256 + index + 1;
    const trial = index + 1;
    await synthetic.append(`sweep/${sweep}`, [
      { type: 'TrialProposed', data: { trial, run: runId(n), assignment: { [path]: batchNorm }, seed, reused: false } },
    ]);
    const running = options.running?.includes(trial) ?? false;
    runs.push(
      await synthetic.run({
        n,
        name: `mnist-simple-cnn batchNorm ${batchNorm ? 'on' : 'off'} seed ${seed}`,
        seed,
        batchNorm,
        epochs: 8,
        sweep: { id: sweep, trial },
        ...(running && { ending: 'running', measured: 3 }),
      }),
    );
  }
  return { id, runs };
}
