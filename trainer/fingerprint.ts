// A run's fingerprint: one SHA-256 over what its facts say, so that two people on different machines compare one line.
// Which values enter is frozen below, fact by fact. What recipes or facts gain later never enters; so a fingerprint stays what it was.
//
// Every value is written with its length: a number as its 8 bytes (little-endian binary64, NaN as 7ff8…), text as UTF-8, an array as
// canonical binary32, null as a length of its own. Checkpoints, stops and the application's own events leave no trace.
import { createHash } from 'node:crypto';
import type {
  BatchNormMeasured,
  EpochMeasured,
  FactType,
  LearningRateChanged,
  Metrics,
  ParametersMeasured,
  RunCompleted,
  RunFailed,
  RunStarted,
  StepsMeasured,
  Summary,
} from './facts.ts';
import { bytesToFloats, floatBytes } from './floatBytes.ts';

/** A fact, or the event it became: `arrays` as floats or as stored bytes. */
export interface FingerprintedFact {
  type: string;
  data: unknown;
  arrays?: Float32Array | Uint8Array | null;
}

type Value = number | string | null | Float32Array;

/** `data` of a fact and its arrays by name; undefined names are an error of the record. */
interface Recorded<Data> {
  data: Data;
  array(name: string): Float32Array;
}

const metrics = ({ loss, accuracy }: Metrics): Value[] => [loss, accuracy];
const summary = ({ mean, std, min, max }: Summary): Value[] => [mean, std, min, max];
const listed = (values: readonly number[]): Value[] => [values.length, ...values];

/** Stored JSON has its keys sorted, so this order is the one that survives. */
const sorted = (keys: Iterable<string>): string[] => [...keys].sort((a, b) => (a < b ? -1 : 1));

function started({ data }: Recorded<RunStarted['data']>): Value[] {
  const { samples, standardize } = data;
  const head = [data.numerics, data.recipe.arithmetic, data.recipe.seed, data.datasetFingerprint];
  const counts = [samples.train, samples.validation, samples.test, data.parameterCount, data.stepsPerEpoch];
  return [...head, ...counts, ...listed(standardize.mean), ...listed(standardize.std)];
}

function steps({ data, array }: Recorded<StepsMeasured['data']>): Value[] {
  const series = ['lossMean', 'lossMin', 'lossMax', 'accuracy', 'learningRate', 'gradientNorm'];
  return [data.epoch, data.firstStep, data.lastStep, ...listed(data.steps), ...series.map(array)];
}

function epoch({ data }: Recorded<EpochMeasured['data']>): Value[] {
  const batch = data.validationBatchStatistics;
  return [
    data.epoch,
    data.step,
    ...metrics(data.train),
    ...metrics(data.validation),
    ...(batch === null ? [null] : metrics(batch)),
    ...data.confusion.flatMap(listed),
    data.learningRate,
    data.gradientNorm,
    ...sorted(Object.keys(data.layerGradientNorms)).flatMap((layer) => [layer, data.layerGradientNorms[layer]!]),
    data.weightsSha256,
    data.best.epoch,
    data.best.validationAccuracy,
  ];
}

function batchNorm({ data, array }: Recorded<BatchNormMeasured['data']>): Value[] {
  const first = '/runningMean';
  const layers = sorted(Object.keys(data.arrays).filter((name) => name.endsWith(first))).map((name) => name.slice(0, -first.length));
  const series = ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'];
  return [data.epoch, ...layers.flatMap((layer) => [layer, ...series.map((name) => array(`${layer}/${name}`))])];
}

function parameters({ data, array }: Recorded<ParametersMeasured['data']>): Value[] {
  const one = (name: string): Value[] => {
    const { weight, gradient } = data.parameters[name]!;
    return [name, ...summary(weight), ...summary(gradient), array(`${name}/weightHistogram`), array(`${name}/gradientHistogram`)];
  };
  return [data.epoch, ...sorted(Object.keys(data.parameters)).flatMap(one)];
}

function completed({ data }: Recorded<RunCompleted['data']>): Value[] {
  const { final, best } = data;
  const last = [...metrics(final.train), ...metrics(final.validation), ...metrics(final.test)];
  return [data.epochs, data.steps, ...last, best.epoch, ...metrics(best.validation), ...metrics(best.test), data.weightsSha256];
}

/** The frozen lists. A type that is not here does not enter. */
const contributions: { [Type in FactType]?: (record: Recorded<never>) => Value[] } = {
  RunStarted: started,
  LearningRateChanged: ({ data }: Recorded<LearningRateChanged['data']>) => [data.epoch, data.step, data.from, data.to],
  StepsMeasured: steps,
  EpochMeasured: epoch,
  BatchNormMeasured: batchNorm,
  ParametersMeasured: parameters,
  RunCompleted: completed,
  RunFailed: ({ data }: Recorded<RunFailed['data']>) => [data.code, data.epoch, data.step],
};

function encode(value: Value): Uint8Array {
  if (value === null) return new Uint8Array(0);
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (typeof value !== 'number') return floatBytes(value);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  if (Number.isNaN(value)) bytes.set([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
  return bytes;
}

/** Last epoch that a fact belongs to; RunStarted to none, RunCompleted to all. */
function epochOf(data: { epoch?: number; epochs?: number }): number {
  return data.epoch ?? data.epochs ?? 0;
}

export interface Fingerprint {
  /** Takes the next fact of the surviving line. */
  add(fact: FingerprintedFact): void;
  /** SHA-256, hex, of the facts so far; more may follow. */
  digest(): string;
}

/** An empty fingerprint. With `untilEpoch` it ends after that epoch: later facts leave no trace. */
export function createFingerprint({ untilEpoch = Number.POSITIVE_INFINITY }: { untilEpoch?: number } = {}): Fingerprint {
  const hash = createHash('sha256').update('runledger/fingerprint/1');
  const update = (value: Value): void => {
    const bytes = encode(value);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, value === null ? 0xffffffff : bytes.length, true);
    hash.update(length).update(bytes);
  };
  return {
    add({ type, data, arrays }) {
      const contribution = contributions[type as FactType];
      if (contribution === undefined || epochOf(data as object) > untilEpoch) return;
      const floats = arrays instanceof Uint8Array ? bytesToFloats(arrays) : arrays;
      const array = (name: string): Float32Array => {
        const { offset, shape } = (data as StepsMeasured['data']).arrays[name]!;
        const count = shape.reduce((product, length) => product * length, 1);
        return floats!.subarray(offset, offset + count);
      };
      const values = contribution({ data: data as never, array });
      update(type);
      update(values.length);
      for (const value of values) update(value);
    },
    digest: () => hash.copy().digest('hex'),
  };
}

/** Fingerprint of recorded facts, in order: what `train` reports in RunCompleted, from the ledger alone. */
export function fingerprintOf(facts: Iterable<FingerprintedFact>, options: { untilEpoch?: number } = {}): string {
  const fingerprint = createFingerprint(options);
  for (const fact of facts) fingerprint.add(fact);
  return fingerprint.digest();
}
