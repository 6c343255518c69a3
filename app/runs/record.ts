// Records a run: queues it in the ledger, lets a worker train it, and appends each fact the worker yields. The thread that
// calls this stays free. What is trained is decided by the caller; how facts are appended is `writer.ts`.
import { setTimeout } from 'node:timers/promises';
import type { DataSet, Fact, Origin, Progress, Recipe, RunCompleted, RunFailed, RunledgerError, RunStopped } from '../../trainer/index.ts';
import type { Json } from '../ledger/ports.ts';
import { timeBudget } from './budget.ts';
import { type Announcing, applicationEvent, commit, type RecordingHost } from './events.ts';
import { isRecorded } from './keeping.ts';
import type { ProfiledPass, StepWindow } from './profile.ts';
import { stopReason } from './protocol.ts';
import { stopReasonOf, stopRequests } from './requests.ts';
import { createRetention } from './retention.ts';
import { beginTraining, type Training, type TrainingNews } from './training.ts';
import { createRunWriter, type RunWriter } from './writer.ts';

export interface RunRequest {
  /** Canonical. */
  recipe: Recipe;
  name: string | null;
  tags: string[];
  sweep: { id: string; trial: number } | null;
}

export interface QueuedRun {
  readonly runId: string;
  readonly request: RunRequest;
}

/** A run that this process is about to train. */
export interface Attempt {
  runId: string;
  recipe: Recipe;
  /** From 1. */
  attempt: number;
  /** Version of the stream's last event so far. */
  version: number;
  /** Where it goes on; null from the start. */
  from: Origin | null;
}

/** Of a run that was just queued. */
export const firstAttempt = ({ runId, request: { recipe } }: QueuedRun): Attempt => ({ runId, recipe, attempt: 1, version: 1, from: null });

export type RunEnding = RunCompleted | RunFailed | RunStopped;

export interface RunOutcome {
  runId: string;
  ending: RunEnding;
}

export interface RecordingOptions {
  threads: number;
  /** The run where it has begun already, with these threads, profile and data set. */
  begun?: Training | undefined;
  /** Aborting it stops the run after its current step, with a checkpoint. */
  signal: AbortSignal;
  /** Called as facts arrive, before they are committed. */
  onFact?: (fact: Fact) => void;
  /** Called about ten times a second. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Steps to profile, and what is done with their passes once the run has ended. Nothing of it is recorded. */
  profile?: { window: StepWindow; onPasses: (passes: readonly ProfiledPass[]) => void } | undefined;
  /** The disk is full, or another process has the ledger to itself: the run waits and tries again by itself. Called at every try. */
  onHeldUp?: (refusal: RunledgerError) => void;
}

const fullDiskMs = 5_000;
const progressMs = 100;

/** Enters a run in the ledger. From here on this process holds its lease: if it dies, the run is found interrupted. */
export async function queueRun(host: Announcing, request: RunRequest, runId: string = host.newId()): Promise<QueuedRun> {
  const stream = `run/${runId}`;
  await host.ledger.leases.hold(runId);
  await commit(host, stream, 0, [applicationEvent(host, 'RunQueued', request as unknown as Json)]);
  return { runId, request };
}

/** Gives up a queued run that never began. */
export async function dropQueued(host: RecordingHost, run: QueuedRun): Promise<void> {
  const stopped: RunStopped = { type: 'RunStopped', data: { epoch: 0, step: 0, ...stopReason }, measured: { seconds: 0 } };
  await writerOf(host, firstAttempt(run), async () => false).write(stopped);
  await host.ledger.leases.release(run.runId);
}

/** Trains a queued run to its end and records it. Rejects only where the ledger refuses; a run that fails is an outcome. */
export function recordQueued(host: RecordingHost, run: QueuedRun, dataset: DataSet, options: RecordingOptions): Promise<RunOutcome> {
  return recordAttempt(host, firstAttempt(run), dataset, options);
}

/** The same for any attempt; this process holds the run's lease, and lets it go at the end. Whoever asks in the ledger stops it too. */
export async function recordAttempt(
  host: RecordingHost,
  attempt: Attempt,
  dataset: DataSet,
  options: RecordingOptions,
): Promise<RunOutcome> {
  const requests = stopRequests(host.ledger, attempt.runId);
  const budget = timeBudget(attempt.recipe.stop?.minutes);
  const asked = { ...options, signal: AbortSignal.any([options.signal, requests.signal, budget.signal]) };
  try {
    const ending = await trainInWorker(host, attempt, writerOf(host, attempt, patience(asked)), dataset, asked);
    return { runId: attempt.runId, ending };
  } finally {
    budget.close();
    requests.close();
    await host.ledger.leases.release(attempt.runId);
  }
}

/** Queues and records at once. */
export async function recordRun(
  host: RecordingHost,
  request: RunRequest,
  dataset: DataSet,
  options: RecordingOptions,
): Promise<RunOutcome> {
  return recordQueued(host, await queueRun(host, request), dataset, options);
}

type Patience = Parameters<typeof createRunWriter>[0]['waitFor'];

function writerOf(
  { ledger: { log, blobs }, clock, newEventId, checkpoints }: RecordingHost,
  { runId, version, attempt }: Attempt,
  waitFor: Patience,
): RunWriter {
  return createRunWriter({ log, blobs, stream: `run/${runId}`, version, attempt, clock, newEventId, checkpoints, waitFor });
}

/** A full disk is tried again until there is room, or until the run is asked to stop; another writer, until it has done. */
function patience({ signal, onHeldUp }: RecordingOptions): Patience {
  return async (refusal) => {
    onHeldUp?.(refusal);
    // The append has waited for the other one already.
    if (refusal.code === 'ledger.busy') return true;
    await setTimeout(fullDiskMs, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  };
}

/** Resolves with the last fact once everything is committed; without an ending from the worker the run has failed. */
async function trainInWorker(
  host: RecordingHost,
  { runId, recipe, from }: Attempt,
  writer: RunWriter,
  dataset: DataSet,
  { threads, begun, signal, onFact, onProgress, profile }: RecordingOptions,
): Promise<RunEnding> {
  // A duration: no clock that somebody may set.
  const startedAt = performance.now();
  const retain = createRetention(host, runId);
  const training = begun ?? beginTraining(host.workers, { recipe, dataset, threads, from, profile: profile?.window });
  const stop = () => training.stop();
  let ending: RunEnding | null = null;
  let lastStep = { epoch: from?.checkpoint.epoch ?? 0, step: from?.checkpoint.step ?? 0 };
  let written = Promise.resolve();

  const keeps = isRecorded(recipe);
  const record = (said: Fact): void => {
    const fact = said.type === 'RunStopped' ? { ...said, data: { ...said.data, ...stopReasonOf(signal) } } : said;
    if (isEnding(fact)) ending = fact;
    if (fact.type === 'EpochMeasured') lastStep = { epoch: fact.data.epoch, step: fact.data.step };
    if (fact.type === 'StepsMeasured') lastStep = { epoch: fact.data.epoch, step: fact.data.lastStep };
    onFact?.(fact);
    // One chain of promises, so that a refusal is seen once, here.
    written = Promise.all([written, keeps(fact) ? writer.write(fact) : undefined])
      .then(() => retain(fact))
      .then(training.acknowledge);
  };
  const crash = (message: string): void =>
    record({
      type: 'RunFailed',
      data: { code: 'worker.crashed', message, help: null, ...lastStep, layer: null },
      measured: { seconds: (performance.now() - startedAt) / 1000 },
    });

  const look = (): void => {
    const progress = training.progress();
    if (progress !== null) onProgress?.(progress);
  };
  const looking = onProgress && setInterval(look, progressMs);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      training.listen((news: TrainingNews) => {
        if (news.kind === 'profile') profile?.onPasses(news.passes);
        if (news.kind === 'fact') record(news.fact);
        if (news.kind === 'crashed' && ending === null) crash(news.message);
        if (news.kind === 'exited' && ending === null) crash(`the training thread ended with code ${news.code} before the run did`);
        written.catch(reject);
        if (news.kind === 'done' || news.kind === 'exited') written.then(resolve, reject);
      });
    });
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', stop);
    await training.close();
  }
  return ending as unknown as RunEnding;
}

function isEnding(fact: Fact): fact is RunEnding {
  return fact.type === 'RunCompleted' || fact.type === 'RunFailed' || fact.type === 'RunStopped';
}
