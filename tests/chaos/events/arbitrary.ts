// What events may say at their oddest. Values of known types are drawn from shapes that their schemas allow; here and there one is spoilt.
import fc from 'fast-check';
import type { EventType } from '../../../app/ledger/catalogue/index.ts';
import type { Json, NewEvent } from '../../../app/ledger/ports.ts';
import { streamOf, uuidOf } from '../../contracts/events.ts';

const oddNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 2 ** 53 + 2, -(2 ** 63), 5e-324, 1e308, 1.5, -1];
export const number = fc.oneof({ weight: 3, arbitrary: fc.double() }, { weight: 1, arbitrary: fc.constantFrom(...oddNumbers) });

const oddTexts = [
  'NaN',
  '-0',
  '\\NaN',
  'Infinity',
  '\ud800',
  'a\udfffb',
  '\u0000',
  '__proto__',
  'constructor',
  '"',
  "'",
  ',',
  '',
  '\u2028',
  '%s',
  '🐌',
];
export const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(...oddTexts),
);

const key = fc.oneof(text, fc.constantFrom('__proto__', 'toString', 'hasOwnProperty', 'reason', 'step', ''));

/** Own properties whatever their name, `__proto__` too. */
function objectOf(entries: readonly (readonly [string, Json])[]): Json {
  const object = {};
  for (const [name, value] of entries) Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return object;
}

export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(objectOf),
  ),
})).value;

function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { deeper: value };
  return value;
}

/** Deep, long, wide. */
const large = fc.oneof(
  fc.integer({ min: 1, max: 20_000 }).map(nested),
  fc.integer({ min: 1, max: 300_000 }).map((length) => 'ä'.repeat(length)),
  fc.integer({ min: 1, max: 20_000 }).map((length) => Array.from({ length }, (_, index) => index / 3)),
);

const count = fc.oneof(fc.nat(20), fc.constantFrom(0, 2 ** 53 - 1, 2 ** 31, 2 ** 32));
const ordinal = count.map((n) => Math.max(1, n));
const sha256 = fc.nat(3).map((n) => String(n).repeat(64));
const uuid = fc.nat(3).map((n) => uuidOf(n + 1));
const tag = fc.constantFrom('a', 'b c', '__proto__', 'ä');
const metrics = fc.record({ loss: number, accuracy: number, extra: json }, { requiredKeys: ['loss', 'accuracy'] });
const named = fc.record(
  { kind: fc.oneof(text, fc.constantFrom('dropout', 'batchNorm2d', 'residual', 'linear')), name: text, p: json, layers: json, body: json },
  { requiredKeys: ['kind', 'name'] },
);

const recipe = fc.record(
  {
    dataset: text,
    seed: number,
    batch: ordinal,
    epochs: ordinal,
    arithmetic: text,
    augment: fc.array(named, { maxLength: 2 }),
    network: fc.array(named, { maxLength: 4 }),
    optimizer: fc.record({ type: text, lr: number }),
    schedule: fc.record({ type: text }),
    split: json,
    more: json,
  },
  { requiredKeys: ['dataset', 'seed', 'batch', 'epochs', 'arithmetic', 'augment', 'network', 'optimizer', 'schedule'] },
);

const seriesNames = fc.oneof(
  text,
  fc.constantFrom(
    'lossMean',
    'lossMin',
    'lossMax',
    'accuracy',
    'learningRate',
    'gradientNorm',
    'bn/runningMean',
    'bn/batchMean',
    '/runningMean',
    '__proto__',
  ),
);
const arrays = fc
  .array(fc.tuple(seriesNames, fc.record({ offset: count, shape: fc.array(count, { maxLength: 2 }) })), { maxLength: 8 })
  .map((entries) => objectOf(entries as unknown as [string, Json][]));
const numbersByName = fc.array(fc.tuple(key, number), { maxLength: 4 }).map(objectOf);
const jsonByName = fc.array(fc.tuple(key, json), { maxLength: 3 }).map(objectOf);
const factors = fc.array(fc.record({ path: text, values: fc.array(json, { maxLength: 3 }) }), { maxLength: 2 });
const seeds = fc.array(number, { maxLength: 3 });
const layer = fc.record({
  name: text,
  kind: text,
  input: fc.array(count, { maxLength: 3 }),
  output: fc.array(count, { maxLength: 3 }),
  parameters: count,
  flops: count,
});

const blobs = fc.array(fc.record({ sha256, bytes: count }), { maxLength: 3 });

/** One shape a type; a type that the catalogue gains and that has none here does not compile. */
const shapes: Record<EventType, fc.Arbitrary<unknown>> = {
  RunStarted: fc.record({
    recipe,
    numerics: ordinal,
    datasetFingerprint: text,
    classes: fc.array(text, { maxLength: 3 }),
    parameterCount: count,
    flopsPerSample: number,
    stepsPerEpoch: ordinal,
    layers: fc.array(layer, { maxLength: 3 }),
  }),
  StepsMeasured: fc.record({ epoch: ordinal, firstStep: ordinal, lastStep: ordinal, steps: fc.array(ordinal, { maxLength: 6 }), arrays }),
  EpochMeasured: fc.record({
    epoch: ordinal,
    step: ordinal,
    train: metrics,
    validation: metrics,
    validationBatchStatistics: fc.option(metrics),
    confusion: fc.array(fc.array(count, { maxLength: 3 }), { maxLength: 3 }),
    learningRate: number,
    gradientNorm: number,
    layerGradientNorms: numbersByName,
    weightsSha256: sha256,
    best: fc.record({ epoch: count, validationAccuracy: number }),
  }),
  BatchNormMeasured: fc.record({ epoch: ordinal, arrays }),
  LearningRateChanged: fc.record({ epoch: ordinal, step: ordinal, from: fc.option(number), to: number, schedule: text, why: text }),
  ParametersMeasured: fc.record({ epoch: ordinal, arrays }),
  CheckpointTaken: fc.record({ epoch: count, step: count, sha256, bytes: count, reason: text }),
  RunCompleted: fc.record({
    epochs: count,
    steps: count,
    final: fc.record({ train: metrics, validation: metrics, test: metrics }),
    best: fc.record({ epoch: count, validation: metrics, test: metrics }),
    weightsSha256: sha256,
    fingerprint: text,
  }),
  RunFailed: fc.record({ code: text, message: text, help: fc.option(text), epoch: count, step: count, layer: fc.option(text) }),
  RunStopped: fc.record({ epoch: count, step: count, by: text, why: text }),
  RunQueued: fc.record({
    recipe,
    name: fc.option(text),
    tags: fc.array(tag, { maxLength: 3 }),
    sweep: fc.option(fc.record({ id: uuid, trial: ordinal })),
  }),
  RunResumed: fc.record({ attempt: ordinal, checkpoint: fc.option(sha256), epoch: count, step: count }),
  RunForked: fc.record({
    parent: uuid,
    parentConfiguration: sha256,
    event: uuid,
    epoch: ordinal,
    step: count,
    checkpoint: sha256,
    validation: metrics,
  }),
  RunInterrupted: fc.record({ why: text, lastBeat: fc.option(text) }),
  RunNamed: fc.record({ name: fc.option(text) }),
  RunTagged: fc.record({ add: fc.array(tag, { maxLength: 3 }), remove: fc.array(tag, { maxLength: 3 }) }),
  RunNoted: fc.record({ text }),
  RunArchived: fc.record({ archived: fc.boolean() }),
  CheckpointsPruned: fc.record({ kept: fc.array(text, { maxLength: 3 }), blobs, bytes: count }),
  RunPurged: fc.record({ blobs, bytes: count }),
  RunCopied: fc.record({ source: uuid, version: ordinal, head: sha256 }),
  RunReplayed: fc.record({
    verdict: fc.constantFrom('identical', 'differs'),
    fromEpoch: count,
    untilEpoch: count,
    facts: count,
    difference: fc.option(
      fc.record({
        epoch: count,
        step: count,
        fact: text,
        layer: fc.option(text),
        value: text,
        recorded: json,
        replayed: json,
        note: fc.option(text),
      }),
    ),
  }),
  MetricMeasured: fc.record({ metric: text, epoch: ordinal, part: text, settings: json, values: numbersByName }),
  StopRequested: fc.record({ by: text, why: text }),
  SweepDeclared: fc.record({ name: text, kind: text, recipe: json, factors, seeds, metric: text }),
  TrialProposed: fc.record({ trial: ordinal, run: uuid, assignment: jsonByName, seed: number, reused: fc.boolean() }),
  SweepStopped: fc.record({ by: text, why: text }),
  SweepCompleted: fc.record({ completed: count, failed: count }),
  AblationDeclared: fc.record({ name: text, sweep: uuid, factors, seeds, metric: text }),
};

const known = Object.entries(shapes).map(([type, data]) => fc.record({ type: fc.constant(type), data: data as fc.Arbitrary<Json> }));
const said = fc.oneof(
  { weight: 30, arbitrary: fc.oneof(...known) },
  { weight: 6, arbitrary: fc.record({ type: text, data: json }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('Large'), data: large }) },
);
const measured = fc.oneof(
  fc.record({ seconds: number, samplesPerSecond: number, threads: number, backend: text }, { requiredKeys: [] }),
  json,
);

const stream = fc
  .record({
    kind: fc.constantFrom('run', 'run', 'run', 'sweep', 'ablation'),
    n: fc.integer({ min: 1, max: 4 }),
    part: fc.constantFrom('', '', '/notes', '/after'),
  })
  .map(({ kind, n, part }) => `${streamOf(kind, n)}${part}`);

let ids = 0;

/** Never the same id twice. */
export const anyEvent: fc.Arbitrary<{ stream: string; event: NewEvent }> = fc
  .record({
    stream,
    said,
    measured,
    schemaVersion: fc.constantFrom(1, 1, 1, 1, 1, 2),
    attempt: fc.constantFrom(0, 1, 1, 2),
    arrays: fc.option(fc.uint8Array({ maxLength: 64 })),
    blob: fc.option(sha256, { freq: 4 }),
  })
  .map(({ stream, said: { type, data }, measured, schemaVersion, attempt, arrays, blob }) => ({
    stream,
    event: {
      id: `018e0000-0000-7000-8000-${(ids++).toString(16).padStart(12, '0')}`,
      type,
      schemaVersion,
      attempt,
      recordedAt: '2026-03-14T09:00:00.000Z',
      data,
      measured: measured as Json,
      arrays,
      blob,
    },
  }));
