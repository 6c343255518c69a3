// Random histories: runs with and without batch norm, some interrupted and taken up again, some diverging; sweeps, notes, and events that
// this program does not know; cut into batches as writers cut them, the streams mixed.
import { createHash } from 'node:crypto';
import { encodeEvent } from '../../app/ledger/encode.ts';
import type { Json, NewEvent } from '../../app/ledger/ports.ts';
import type { AppendRequest } from '../../app/ledger/sqlite/append.ts';
import { asEvents, syntheticFacts, syntheticRecipe } from '../app/ledger/synthetic.ts';
import { eventSource, streamOf, uuidOf } from '../contracts/events.ts';
import { type Chance, chance } from './chance.ts';

export interface History {
  batches: AppendRequest[];
  /** What its checkpoints name, by SHA-256. */
  blobs: Map<string, Uint8Array>;
}

type Source = ReturnType<typeof eventSource>;
type Checkpoint = { epoch: number; step: number; sha256: string };

export function randomHistory(seed: number, { runs = 3 }: { runs?: number } = {}): History {
  const dice = chance(seed);
  const event = eventSource();
  const blobs = new Map<string, Uint8Array>();
  const streams = new Map<string, NewEvent[]>();
  for (let n = 1; n <= runs; n++) {
    streams.set(streamOf('run', n), randomRun(dice, event, blobs));
    if (dice.oneIn(2)) streams.set(`${streamOf('run', n)}/notes`, randomNotes(dice, event));
    if (dice.oneIn(3)) streams.set(`${streamOf('run', n)}/after`, randomFindings(dice, event));
  }
  streams.set(streamOf('sweep', 1), randomSweep(dice, event));
  return { batches: [...mixed(dice, streams)], blobs };
}

function randomRun(dice: Chance, event: Source, blobs: Map<string, Uint8Array>): NewEvent[] {
  const epochs = 1 + dice.below(3);
  const diverges = dice.oneIn(6) ? { divergesAt: 1 + dice.below(epochs) } : {};
  const plan = { epochs, seed: dice.below(1e6), train: 64 * (1 + dice.below(3)), batchNorm: dice.oneIn(3), ...diverges };
  const facts = () => asEvents(syntheticFacts(plan), event).map((fact) => withBlob(fact, dice, blobs));
  const queued = { recipe: syntheticRecipe(plan) as unknown as Json, name: `run ${plan.seed}`, tags: ['a'], sweep: null };
  const line = [event('RunQueued', { data: queued, attempt: 0 })];
  if (dice.oneIn(20)) return line;
  let attempt = 1;
  let rest = facts();
  while (dice.oneIn(2) && attempt < 4) {
    const lived = rest.slice(0, 1 + dice.below(rest.length - 1));
    line.push(...lived, event('RunInterrupted', { data: { why: 'lease', lastBeat: null }, attempt }));
    const taken = lived.findLast(({ type }) => type === 'CheckpointTaken');
    const from = dice.oneIn(3) ? undefined : taken;
    attempt++;
    const { sha256: checkpoint, epoch, step } = (from?.data ?? { sha256: null, epoch: 0, step: 0 }) as unknown as Checkpoint;
    line.push(event('RunResumed', { data: { attempt, checkpoint, epoch, step }, attempt }));
    const again = facts();
    rest =
      from === undefined ? again : again.slice(again.findIndex(({ type, data }) => type === from.type && sameStep(data, from.data)) + 1);
    rest = rest.map((fact) => ({ ...fact, attempt }));
    if (rest.length < 2) break;
  }
  line.push(...(dice.oneIn(4) ? rest.slice(0, dice.below(rest.length)) : rest));
  return line;
}

const sameStep = (a: Json, b: Json): boolean => (a as unknown as Checkpoint).step === (b as unknown as Checkpoint).step;

/** Gives a checkpoint real bytes, of its own size. */
function withBlob(fact: NewEvent, dice: Chance, blobs: Map<string, Uint8Array>): NewEvent {
  if (fact.type !== 'CheckpointTaken') return fact;
  const bytes = Uint8Array.from({ length: 200 + dice.below(400) }, () => dice.below(256));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  blobs.set(sha256, bytes);
  return { ...fact, data: { ...(fact.data as object), sha256, bytes: bytes.length }, blob: sha256 };
}

function randomNotes(dice: Chance, event: Source): NewEvent[] {
  const notes: (() => NewEvent)[] = [
    () => event('RunNamed', { data: { name: dice.from([null, 'second', 'a name with \u{1f40c} and \u0000']) }, attempt: 0 }),
    () => event('RunTagged', { data: { add: [dice.from(['x', 'y'])], remove: ['a'] }, attempt: 0 }),
    () => event('RunArchived', { data: { archived: dice.oneIn(2) }, attempt: 0 }),
    () => event('RunNoted', { data: { text: 'seen' }, attempt: 0 }),
    () => event('Invented', { data: { by: 'a later version' }, attempt: 0 }),
  ];
  return Array.from({ length: 1 + dice.below(4) }, () => dice.from(notes)());
}

/** What was found out about a run afterwards. */
function randomFindings(dice: Chance, event: Source): NewEvent[] {
  const values = { all: dice.real(), none: Number.NaN };
  const measured = { metric: 'calibrationError', epoch: 1 + dice.below(3), part: 'test', settings: { bins: 15 }, values };
  const replayed = { verdict: 'identical', fromEpoch: 0, untilEpoch: 1, facts: 20, difference: null };
  return [event('MetricMeasured', { data: measured, attempt: 0 }), event('RunReplayed', { data: replayed, attempt: 0 })];
}

function randomSweep(dice: Chance, event: Source): NewEvent[] {
  const declared = { name: 'bn', kind: 'grid', recipe: {}, factors: [{ path: 'optimizer.lr', values: [0.1, Number.NaN] }], seeds: [1] };
  const trial = (n: number) => ({ trial: n, run: uuidOf(n), assignment: { 'optimizer.lr': 0.1 }, seed: n, reused: false });
  return [
    event('SweepDeclared', { data: { ...declared, metric: 'validationAccuracy' }, attempt: 0 }),
    ...[1, 2].map((n) => event('TrialProposed', { data: trial(n), attempt: 0 })),
    ...(dice.oneIn(2) ? [event('SweepCompleted', { data: { completed: 2, failed: 0 }, attempt: 0 })] : []),
  ];
}

/** Batches of all streams, each stream's in its order. */
function* mixed(dice: Chance, streams: Map<string, NewEvent[]>): Generator<AppendRequest> {
  const left = [...streams].map(([stream, events]) => ({ stream, events: events.map(encodeEvent), written: 0 }));
  for (;;) {
    const open = left.filter(({ events, written }) => written < events.length);
    if (open.length === 0) return;
    // A run's own stream goes first: notes on nobody wait for nothing.
    const next = dice.from(open);
    const batch = next.events.slice(next.written, next.written + 1 + dice.below(6));
    yield { stream: next.stream, expectedVersion: next.written, events: batch };
    next.written += batch.length;
  }
}
