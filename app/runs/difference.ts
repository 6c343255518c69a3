// Holds a recorded fact against the same fact trained again, bit by bit, and says where they differ first: at which step, in which layer, in which
// value. Only what was recorded counts: fields that facts gained later have nothing to differ from.
import type { Fact } from '../../trainer/index.ts';
import type { Json } from '../ledger/ports.ts';
import type { RecordedFact } from './line.ts';

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

type Index = Record<string, { offset: number; shape: number[] }>;
type Data = Record<string, Json>;

/** The first difference; null where every recorded value is the same. `stepsPerEpoch` tells the step of facts that name an epoch only. */
export function compareFacts(recorded: RecordedFact, replayed: Fact, stepsPerEpoch: number): Difference | null {
  const data = recorded.data as Data;
  const place = placeOf(data, stepsPerEpoch);
  const { type } = recorded;
  if (type !== replayed.type)
    return { ...place, fact: type, layer: null, value: 'fact', recorded: type, replayed: replayed.type, note: null };
  const found = firstDifference(type === 'RunFailed' ? lasting(data) : data, replayed.data as unknown as Json, []);
  if (found !== null)
    return { ...place, fact: type, ...nameOf(found.path), recorded: found.recorded, replayed: found.replayed, note: null };
  const { arrays } = replayed as { arrays?: Float32Array };
  if (arrays === undefined) return null;
  return compareArrays(data, recorded.arrays ?? new Uint8Array(0), arrays, { ...place, fact: type });
}

/** What a failure is; how it is told, and which layer is named, may become more precise. */
function lasting({ code, epoch, step }: Data): Data {
  return { code, epoch, step } as Data;
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
