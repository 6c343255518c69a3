// Holds a run that is trained again against its record, fact by fact, bit by bit, and says where they differ first: at which step, in which
// layer, in which value. Only what was recorded counts: fields that facts gained later have nothing to differ from.
import { type Checkpoint, type CheckpointTaken, decodeCheckpoint, type Fact } from '../../trainer/index.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Json } from '../ledger/ports.ts';
import { isOf, type RecordedFact } from './line.ts';

export interface Difference {
  epoch: number;
  step: number;
  /** Type of the fact. */
  fact: string;
  /** Null where the value belongs to no single layer. */
  layer: string | null;
  /** `runningVariance[9]`, `validation.loss`, `weightsSha256`. */
  value: string;
  recorded: Json;
  replayed: Json;
  /** What else is known of it. */
  note: string | null;
}

interface Found {
  path: (string | number)[];
  recorded: Json;
  replayed: Json;
}

export interface Comparison {
  /** Facts found the same, how many of them held weight hashes, and how many there are. */
  readonly facts: number;
  readonly weights: number;
  readonly total: number;
  readonly difference: Difference | null;
  /** Of the replay, where its end was the same. */
  readonly fingerprint: string | null;
  /** Takes the next fact of the replay; false once there is nothing more to learn. */
  take(fact: Fact): Promise<boolean>;
}

type Started = EventData<'RunStarted'>;

/** Of the recorded facts `rest`, a part of the run's whole line. `kept` finds the checkpoint of an epoch, if it is still there. */
export function createComparison(
  rest: readonly RecordedFact[],
  { stepsPerEpoch, layers }: Pick<Started, 'stepsPerEpoch' | 'layers'>,
  kept: (epoch: number) => Promise<Checkpoint | null>,
): Comparison {
  const wanted = rest.filter((fact) => !isOf(fact, 'CheckpointTaken') && !isOf(fact, 'RunStopped') && !isCrash(fact));
  // By epoch and reason: their order within an epoch says nothing, and retention decides which there are.
  const checkpoints = new Map(
    rest.flatMap((fact) =>
      isOf(fact, 'CheckpointTaken') && fact.data.reason !== 'stop' ? [[`${fact.data.epoch} ${fact.data.reason}`, fact.data] as const] : [],
    ),
  );
  const total = wanted.length + checkpoints.size;
  let [compared, taken, weights] = [0, 0, 0];
  let difference: Difference | null = null;
  let fingerprint: string | null = null;
  /** Weights differ: the epoch's checkpoint may say where. */
  let doubt: Difference | null = null;

  function takeCheckpoint(data: CheckpointTaken['data']): void {
    const recorded = checkpoints.get(`${data.epoch} ${data.reason}`);
    if (recorded === undefined) return;
    taken += 1;
    if (recorded.sha256 === data.sha256) return;
    const { epoch, step } = data;
    difference = {
      epoch,
      step,
      fact: 'CheckpointTaken',
      layer: null,
      value: 'sha256',
      recorded: recorded.sha256,
      replayed: data.sha256,
      note: null,
    };
  }

  function takeFact(fact: Fact): void {
    const recorded = wanted[compared];
    if (recorded === undefined) return;
    const found = compareFacts(recorded, fact, stepsPerEpoch);
    if (found?.value === 'weightsSha256' && fact.type === 'EpochMeasured') doubt = found;
    else difference = found;
    if (found !== null) return;
    compared += 1;
    if (fact.type === 'EpochMeasured') weights += 1;
    if (fact.type === 'RunCompleted') fingerprint = fact.data.fingerprint;
  }

  return {
    get facts() {
      return compared + taken;
    },
    get weights() {
      return weights;
    },
    total,
    get difference() {
      return difference;
    },
    get fingerprint() {
      return fingerprint;
    },
    async take(fact) {
      if (doubt !== null) {
        if (fact.type !== 'CheckpointTaken') return true;
        difference = locate(doubt, await kept(doubt.epoch), decodeCheckpoint(fact.blob), layers);
        return false;
      }
      if (fact.type === 'CheckpointTaken') takeCheckpoint(fact.data);
      else takeFact(fact);
      return difference === null && compared + taken < total;
    },
  };
}

/** That a process broke is no function of the recipe. */
const isCrash = (fact: RecordedFact): boolean => isOf(fact, 'RunFailed') && fact.data.code === 'worker.crashed';

/** Which weight differs, in network order, where the recorded checkpoint was kept. */
function locate(doubt: Difference, recorded: Checkpoint | null, replayed: Checkpoint, layers: Started['layers']): Difference {
  if (recorded === null) return { ...doubt, note: `the checkpoint of epoch ${doubt.epoch} was not kept, so no layer can be named` };
  const order = (name: string): number => layers.findIndex((layer) => name.startsWith(`${layer.name}.`));
  const names = [...replayed.state.parameters.keys()].sort((a, b) => order(a) - order(b));
  for (const name of names) {
    const [ours, theirs] = [recorded.state.parameters.get(name), replayed.state.parameters.get(name)!];
    const at = theirs.findIndex((value, i) => !Object.is(value, ours?.[i]));
    if (at < 0) continue;
    const cut = name.lastIndexOf('.');
    const value = `${name.slice(cut + 1)}[${at}]`;
    return { ...doubt, layer: name.slice(0, cut), value, recorded: ours?.[at] ?? null, replayed: theirs[at]! };
  }
  return { ...doubt, note: 'the kept checkpoint holds the replayed weights: the recorded hash is what was changed' };
}

type Index = Record<string, { offset: number; shape: number[] }>;
type Data = Record<string, Json>;

/** The first difference; null where every recorded value is the same. `stepsPerEpoch` tells the step of facts that name an epoch only. */
export function compareFacts(recorded: RecordedFact, replayed: Fact, stepsPerEpoch: number): Difference | null {
  const data = recorded.data as Data;
  const place = placeOf(data, stepsPerEpoch);
  const { type } = recorded;
  if (type !== replayed.type)
    return { ...place, fact: type, layer: null, value: 'fact', recorded: type, replayed: replayed.type, note: null };
  const found = firstDifference(data, replayed.data as unknown as Json, []);
  if (found !== null)
    return { ...place, fact: type, ...nameOf(found.path), recorded: found.recorded, replayed: found.replayed, note: null };
  const { arrays } = replayed as { arrays?: Float32Array };
  if (recorded.arrays === null || arrays === undefined) return null;
  return compareArrays(data, recorded.arrays, arrays, { ...place, fact: type });
}

function placeOf(data: Data, stepsPerEpoch: number): { epoch: number; step: number } {
  const epoch = Number(data.epoch ?? data.epochs ?? 0);
  return { epoch, step: Number(data.step ?? data.lastStep ?? data.steps ?? epoch * stepsPerEpoch) };
}

function firstDifference(recorded: Json, replayed: Json | undefined, path: (string | number)[]): Found | null {
  if (Object.is(recorded, replayed)) return null;
  const bothObjects = typeof recorded === 'object' && typeof replayed === 'object' && recorded !== null && replayed !== null;
  if (!bothObjects || Array.isArray(recorded) !== Array.isArray(replayed)) return { path, recorded, replayed: replayed ?? null };
  const length = Array.isArray(recorded) ? recorded.length : 0;
  if (Array.isArray(replayed) && replayed.length !== length)
    return { path: [...path, 'length'], recorded: length, replayed: replayed.length };
  const isList = Array.isArray(recorded);
  for (const [key, value] of Object.entries(recorded as Data)) {
    const step = isList ? Number(key) : key;
    const found = firstDifference(value, (replayed as Data)[key], [...path, step]);
    if (found !== null) return found;
  }
  return null;
}

/** A path within `data` as people say it; gradient norms of layers belong to their layer. */
function nameOf(path: (string | number)[]): { layer: string | null; value: string } {
  const [first, layer] = path;
  if (first === 'layerGradientNorms' && typeof layer === 'string') return { layer, value: 'gradientNorm' };
  const value = path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
  return { layer: null, value };
}

/** The earliest differing place of all series; of series of steps the earliest step. */
function compareArrays(
  data: Data,
  stored: Uint8Array,
  replayed: Float32Array,
  place: { epoch: number; step: number; fact: string },
): Difference | null {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const fresh = new DataView(replayed.buffer, replayed.byteOffset, replayed.byteLength);
  const bitsDiffer = (at: number): boolean => {
    if (4 * at + 4 > view.byteLength || 4 * at + 4 > fresh.byteLength) return true;
    const [a, b] = [view.getFloat32(4 * at, true), fresh.getFloat32(4 * at, true)];
    return !(Number.isNaN(a) && Number.isNaN(b)) && view.getUint32(4 * at, true) !== fresh.getUint32(4 * at, true);
  };
  let first: { name: string; at: number; within: number } | null = null;
  for (const [name, { offset, shape }] of Object.entries(data.arrays as unknown as Index)) {
    const count = shape.reduce((product, length) => product * length, 1);
    for (let i = 0; i < count && (first === null || data.steps === undefined || i < first.within); i++) {
      if (!bitsDiffer(offset + i)) continue;
      if (first === null || i < first.within) first = { name, at: offset + i, within: i };
      break;
    }
    if (first !== null && data.steps === undefined) break;
  }
  if (first === null) return null;
  const cut = first.name.lastIndexOf('/');
  const steps = data.steps as number[] | undefined;
  const read = (bytes: DataView) => (4 * first.at + 4 <= bytes.byteLength ? bytes.getFloat32(4 * first.at, true) : null);
  return {
    ...place,
    step: steps?.[first.within] ?? place.step,
    layer: cut < 0 ? null : first.name.slice(0, cut),
    value: `${first.name.slice(cut + 1)}[${first.within}]`,
    recorded: read(view),
    replayed: read(fresh),
    note: null,
  };
}
