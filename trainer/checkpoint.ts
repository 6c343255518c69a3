// Checkpoints as bytes: everything learned and where the run stood, so that going on from one gives the bits of a run that never stopped.
// The ledger keeps them by their hash; when they are taken is the loop's decision.
//
// Layout: "RLCK", version (u32), length of the header (u32), header (canonical JSON, then blanks up to a multiple of 4), the arrays the header lists as canonical binary32,
// one behind the other, then the SHA-256 of all that. Integers and floats are little-endian.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { BatchNormState, EngineState } from './engine.ts';
import { RunledgerError } from './errors.ts';
import type { Metrics } from './facts.ts';
import { bytesToFloats, writeFloats } from './floatBytes.ts';
import type { Patience } from './loop/early.ts';
import type { EpochProgress } from './measures/epochMeter.ts';
import { canonicalJson } from './recipe/canonical.ts';
import { watchedMetric } from './recipe/watched.ts';
import type { PlateauState } from './schedules/plateau.ts';

export interface Checkpoint {
  /** Of the last step that was taken; 0 before the first. */
  epoch: number;
  step: number;
  /** Best epoch by validation accuracy so far. */
  best: { epoch: number; validation: Metrics } | null;
  /** Sums, open point and open block of an epoch that was cut short; null between epochs. */
  progress: EpochProgress | null;
  /** Layer whose gradient stopped being finite in that epoch; null where all is well. */
  suspect: string | null;
  /** What rules that look back remember, after the last whole epoch; absent in runs without such rules. */
  plateau?: PlateauState | undefined;
  patience?: Patience | undefined;
  state: EngineState;
}

const magic = 'RLCK';
const version = 1;
const preambleBytes = 12;
const checksumBytes = 32;
const batchNormSeries = ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'] as const;

/** Any double: canonical JSON writes those that JSON lacks as text. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0']).transform(Number)]);
const count = z.int().min(0);
const sums = { steps: count, samples: count, correct: count, loss: number, gradientNorm: number };
const point = z.object({ ...sums, lossMin: number, lossMax: number, step: count, learningRate: number });
const series = z.object({
  lossMean: z.array(number),
  lossMin: z.array(number),
  lossMax: z.array(number),
  accuracy: z.array(number),
  learningRate: z.array(number),
  gradientNorm: z.array(number),
});
const block = z.object({ firstStep: count, steps: z.array(count), series });
const header = z.object({
  epoch: count,
  step: count,
  best: z.object({ epoch: count, validation: z.object({ loss: number, accuracy: number }) }).nullable(),
  progress: z.object({ sums: z.object(sums), point: point.nullable(), block: block.nullable() }).nullable(),
  suspect: z.string().nullable().default(null),
  /** Batches so far, by layer; only where a batch norm counts them. */
  batchesTracked: z.record(z.string(), count).default({}),
  plateau: z
    .object({
      lr: number,
      rate: number,
      metric: watchedMetric,
      mode: z.enum(['min', 'max']),
      best: number,
      badEpochs: count,
      cooldown: count,
    })
    .optional(),
  patience: z.object({ metric: watchedMetric, best: number, badEpochs: count }).optional(),
  /** Group, name and number of floats of each array, in order. */
  arrays: z.array(z.tuple([z.enum(['parameters', 'optimizer', ...batchNormSeries]), z.string(), count])),
});

type ArrayEntry = z.infer<typeof header>['arrays'][number];

type Listed = readonly [group: ArrayEntry[0], name: string, values: Float32Array];

/** By group, then by name: an engine's own order leaves no trace. */
function listArrays({ parameters, optimizer, batchNorm }: EngineState): Listed[] {
  const byName = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...byName(parameters).map(([name, values]): Listed => ['parameters', name, values]),
    ...byName(optimizer).map(([name, values]): Listed => ['optimizer', name, values]),
    ...byName(batchNorm).flatMap(([name, state]) => batchNormSeries.map((key): Listed => [key, name, state[key]])),
  ];
}

/**
 * The bytes of a checkpoint; the same state gives the same bytes, NaN payloads included. They lie in shared memory: a checkpoint of millions
 * of floats goes from thread to thread without being copied. With their SHA-256 (hex), since they are hashed on the way anyway.
 */
export function encodeCheckpoint({ state, suspect, ...place }: Checkpoint): { bytes: Uint8Array; sha256: string } {
  const arrays = listArrays(state);
  const listed = arrays.map(([group, name, values]) => [group, name, values.length]);
  const written = { ...place, suspect: suspect ?? undefined, batchesTracked: countsOf(state), arrays: listed };
  const text = padded(Buffer.from(canonicalJson(written), 'utf8'));
  const contentBytes = arrays.reduce((sum, [, , values]) => sum + values.byteLength, preambleBytes + text.length);
  const bytes = new Uint8Array(new SharedArrayBuffer(contentBytes + checksumBytes));
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(magic, 'latin1'));
  view.setUint32(4, version, true);
  view.setUint32(8, text.length, true);
  bytes.set(text, preambleBytes);
  let end = preambleBytes + text.length;
  for (const [, , values] of arrays) {
    writeFloats(bytes, end, values);
    end += values.byteLength;
  }
  const hash = createHash('sha256').update(bytes.subarray(0, end));
  const checksum = hash.copy().digest();
  bytes.set(checksum, end);
  return { bytes, sha256: hash.update(checksum).digest('hex') };
}

/** Of batch norms that count their batches; undefined where none does. */
function countsOf({ batchNorm }: EngineState): Record<string, number> | undefined {
  const counts = [...batchNorm].flatMap(([name, { batchesTracked }]) =>
    batchesTracked === undefined ? [] : [[name, batchesTracked] as const],
  );
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

/** Arrays that begin at whole words are copied several times as fast. */
function padded(text: Buffer): Buffer {
  const blanks = (4 - (text.length % 4)) % 4;
  return Buffer.concat([text, Buffer.alloc(blanks, ' ')]);
}

function damaged(what: string, cause?: unknown): RunledgerError {
  const help = 'take an earlier checkpoint of the run, or train it again: the recipe and the seed give the same bits';
  return new RunledgerError('checkpoint.damaged', `these bytes are no checkpoint: ${what}`, { help, cause });
}

function readHeader(bytes: Buffer): z.infer<typeof header> {
  try {
    return header.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw damaged('the header does not read', error);
  }
}

/** The inverse of `encodeCheckpoint`. Throws `checkpoint.damaged`, or `checkpoint.version` for bytes of a later program. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length < preambleBytes + checksumBytes) throw damaged(`${all.length} bytes are too few`);
  if (all.toString('latin1', 0, 4) !== magic) throw damaged(`they do not begin with ${magic}`);
  const content = all.subarray(0, -checksumBytes);
  if (!createHash('sha256').update(content).digest().equals(all.subarray(-checksumBytes))) throw damaged('the checksum does not hold');
  if (all.readUInt32LE(4) !== version) {
    throw new RunledgerError('checkpoint.version', `the checkpoint has version ${all.readUInt32LE(4)}, this program reads ${version}`, {
      help: 'use the version of runledger that wrote it',
    });
  }
  const headerEnd = preambleBytes + all.readUInt32LE(8);
  const { arrays, batchesTracked, ...place } = readHeader(content.subarray(preambleBytes, headerEnd));
  const floats = arrays.reduce((sum, [, , length]) => sum + length, 0);
  if (content.length - headerEnd !== 4 * floats) throw damaged(`${content.length - headerEnd} bytes of arrays, ${4 * floats} expected`);
  const state = readState(arrays, content.subarray(headerEnd));
  for (const [name, batches] of Object.entries(batchesTracked))
    state.batchNorm.set(name, { ...state.batchNorm.get(name)!, batchesTracked: batches });
  return { ...place, state };
}

function readState(arrays: readonly ArrayEntry[], bytes: Uint8Array): EngineState {
  const state: EngineState = { parameters: new Map(), optimizer: new Map(), batchNorm: new Map() };
  let offset = 0;
  for (const [group, name, length] of arrays) {
    const values = bytesToFloats(bytes.subarray(offset, offset + 4 * length));
    offset += 4 * length;
    if (group === 'parameters' || group === 'optimizer') state[group].set(name, values);
    else state.batchNorm.set(name, { ...state.batchNorm.get(name), [group]: values } as BatchNormState);
  }
  return state;
}
