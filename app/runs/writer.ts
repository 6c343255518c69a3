// The one author of a run's stream: appends facts in order, at the version it expects, a blob before the event that names it.
// Facts that arrive while an append is under way go together with the next one, so many runs share one commit.
import { RunledgerError } from '../../trainer/errors.ts';
import type { CheckpointTaken, Fact } from '../../trainer/index.ts';
import type { Blobs, Json, Log, NewEvent } from '../ledger/ports.ts';
import type { Turns } from './turns.ts';

export interface WriterOptions {
  log: Log;
  blobs: Blobs;
  /** `run/<uuid>`. */
  stream: string;
  /** Version of the stream's last event so far. */
  version: number;
  attempt: number;
  /** Milliseconds since 1970. */
  clock: () => number;
  newEventId: () => string;
  checkpoints: Turns;
  /** Asked when the disk is full (`ledger.full`) or another process does not let go (`ledger.busy`): resolves with whether to try the same append again. */
  waitFor: (refusal: RunledgerError) => Promise<boolean>;
}

export interface RunWriter {
  /** Resolves once the fact is committed. Rejects with `run.fenced` where another attempt wrote meanwhile, and from then on. */
  write(fact: Fact): Promise<void>;
}

interface Waiting {
  fact: Fact;
  event: NewEvent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Committed at once; everything else may wait for the group commit. */
const milestones: ReadonlySet<Fact['type']> = new Set(['RunStarted', 'CheckpointTaken', 'RunCompleted', 'RunFailed', 'RunStopped']);

/** What ends by itself, or when somebody makes room. */
const passing: ReadonlySet<string> = new Set(['ledger.full', 'ledger.busy']);

export function createRunWriter(options: WriterOptions): RunWriter {
  const { log, blobs, stream } = options;
  let version = options.version;
  let queue: Waiting[] = [];
  let busy = false;
  let stored: string | null = null;
  let failure: { error: unknown } | null = null;

  function append(batch: readonly Waiting[]): Promise<void> {
    const takesCheckpoint = batch.some(({ fact }) => fact.type === 'CheckpointTaken');
    return takesCheckpoint ? options.checkpoints(() => store(batch)) : store(batch);
  }

  /** The last checkpoint of an epoch is often the best one too, and is stored and hashed once. */
  async function keep({ blob, data: { sha256 } }: CheckpointTaken): Promise<void> {
    if (sha256 === stored && (await blobs.has(sha256))) return;
    stored = await blobs.put(blob);
  }

  async function store(batch: readonly Waiting[]): Promise<void> {
    for (const { fact } of batch) if (fact.type === 'CheckpointTaken') await keep(fact);
    const flush = batch.some(({ fact }) => milestones.has(fact.type));
    const events = batch.map(({ event }) => event);
    const result = await log.append(stream, version, events, { flush });
    if (result.kind === 'conflict') throw fenced(stream, version, result.missed[0]?.type);
    version += batch.length;
  }

  /** A full disk and another writer are waited for: the events keep their ids, so a second try can append nothing twice. */
  async function appendPatiently(batch: readonly Waiting[]): Promise<void> {
    for (;;) {
      try {
        return await append(batch);
      } catch (error) {
        if (!(error instanceof RunledgerError) || !passing.has(error.code)) throw error;
        if (!(await options.waitFor(error))) throw error;
      }
    }
  }

  async function pump(): Promise<void> {
    busy = true;
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      try {
        if (failure !== null) throw failure.error;
        await appendPatiently(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        failure ??= { error };
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  }

  return {
    write(fact) {
      const event = toEvent(fact, options);
      return new Promise((resolve, reject) => {
        queue.push({ fact, event, resolve, reject });
        if (!busy) void pump();
      });
    },
  };
}

/** A fact as the event it becomes: unchanged, arrays as bytes, a blob by its hash. */
export function toEvent(fact: Fact, { attempt, clock, newEventId }: Pick<WriterOptions, 'attempt' | 'clock' | 'newEventId'>): NewEvent {
  return {
    id: newEventId(),
    type: fact.type,
    schemaVersion: 1,
    attempt,
    recordedAt: new Date(clock()).toISOString(),
    data: fact.data as unknown as Json,
    measured: fact.measured as unknown as Json,
    arrays: 'arrays' in fact ? new Uint8Array(fact.arrays.buffer, fact.arrays.byteOffset, fact.arrays.byteLength) : null,
    blob: fact.type === 'CheckpointTaken' ? fact.data.sha256 : null,
  };
}

function fenced(stream: string, version: number, missed: string | undefined): RunledgerError {
  return new RunledgerError('run.fenced', `${stream} went on without this process: ${missed ?? 'an event'} follows version ${version}`, {
    help: `the run was taken over or found interrupted; see it with  runledger show ${stream}`,
  });
}
