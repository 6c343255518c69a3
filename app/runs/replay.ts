// Trains a recorded run again and compares every fact's deterministic part with what was recorded. The verdict is an event; the run stays as it is.
import { type DataSet, describeHost, type Fact, type Progress, RunledgerError } from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Json } from '../ledger/ports.ts';
import { createComparison } from './comparison.ts';
import type { Difference } from './difference.ts';
import { appendNext, applicationEvent, type RecordingHost } from './events.ts';
import { isOf, type Recorded, type RecordedFact, survivingLine } from './line.ts';
import { beginningOf, keptCheckpoint, placeAfter } from './origins.ts';
import { refuseOtherData, refuseOtherNumerics, requestOf, startOf } from './recorded.ts';
import { restoreBeginning } from './stateAt.ts';
import { workerFacts } from './workerFacts.ts';

export interface ReplayOptions {
  threads: number;
  signal: AbortSignal;
  /** From the kept checkpoint of this epoch on; by default from the run's beginning. */
  fromEpoch?: number | undefined;
  /** Up to this epoch; by default all that was recorded. */
  untilEpoch?: number | undefined;
  /** Called for each fact that was compared, with how many there are to compare. */
  onCompared?: ((fact: Fact, done: number, total: number) => void) | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Verdict {
  runId: string;
  verdict: 'identical' | 'differs';
  fromEpoch: number;
  untilEpoch: number;
  /** Facts compared, and how many of them were weight hashes. */
  facts: number;
  weights: number;
  /** Facts that were recorded of these epochs. */
  total: number;
  difference: Difference | null;
  /** Of the whole run, where its end was compared. */
  fingerprint: string | null;
  /** Of the machine that recorded it. */
  recordedOn: Record<string, Json>;
}

/**
 * Null where the signal stopped it: then nothing is recorded. Errors: `run.empty`, `run.numerics`, `run.dataset`, and `run.checkpoint` where it
 * shall begin at an epoch whose checkpoint is gone.
 */
export async function replayRun(host: RecordingHost, runId: string, dataset: DataSet, options: ReplayOptions): Promise<Verdict | null> {
  const { log, blobs } = host.ledger;
  const { threads, signal, fromEpoch, onCompared, onProgress } = options;
  const events = await log.read(`run/${runId}`);
  const line = survivingLine(events);
  const started = line.find((fact) => isOf(fact, 'RunStarted'));
  if (started === undefined) {
    throw new RunledgerError('run.empty', `${runReference(runId)} has recorded nothing to compare`, {
      help: 'it was queued and never began',
    });
  }
  refuseOtherNumerics(runId, events);
  refuseOtherData({ runId, datasetFingerprint: startOf(events)?.datasetFingerprint ?? null }, dataset);
  await restoreBeginning(host, events, dataset, { threads, signal, onProgress });
  const place = fromEpoch === undefined ? null : await placeAfter(fromEpoch, line, events, blobs);
  if (fromEpoch !== undefined && place === null) throw await noCheckpoint(host, runId, fromEpoch, line);
  const from = place ?? (await beginningOf(events, blobs));
  const upTo = options.untilEpoch ?? Number.POSITIVE_INFINITY;
  const rest = line.slice(from?.line.length ?? 0).filter((fact) => belongsUntil(fact, upTo));
  const comparison = createComparison(rest, started.data, (epoch) => keptCheckpoint(epoch, line, blobs));
  const task = { recipe: requestOf(events).recipe, dataset, threads, from, lastStep: stopOf(rest)?.data.step };
  for await (const fact of workerFacts(host.workers, task, { signal, onProgress })) {
    // Asked to, or where the record says; what has not come by then never comes.
    if (fact.type === 'RunStopped') break;
    const more = await comparison.take(fact);
    onCompared?.(fact, comparison.facts, comparison.total);
    if (!more) break;
  }
  if (signal.aborted) return null;
  const { facts, weights, total, fingerprint } = comparison;
  const difference = comparison.conclude();
  const verdict: Verdict = {
    runId,
    verdict: difference === null ? 'identical' : 'differs',
    fromEpoch: from?.checkpoint.epoch ?? 0,
    untilEpoch: Math.min(upTo, lastEpoch(line)),
    facts,
    weights,
    total,
    difference,
    fingerprint,
    recordedOn: started.measured as Record<string, Json>,
  };
  await appendVerdict(host, verdict, threads);
  return verdict;
}

async function appendVerdict(
  host: RecordingHost,
  { runId, verdict, fromEpoch, untilEpoch, facts, difference }: Verdict,
  threads: number,
): Promise<void> {
  const data = { verdict, fromEpoch, untilEpoch, facts, difference } as EventData<'RunReplayed'>;
  const event = { ...applicationEvent(host, 'RunReplayed', data as Json), measured: { ...describeHost(), threads } };
  await appendNext(host, `run/${runId}/after`, event);
}

/** Where the record ends because the run was stopped: a decision from outside, such as a time budget, so the replay takes it as it was. */
function stopOf(line: readonly RecordedFact[]): Recorded<'RunStopped'> | undefined {
  const last = line.at(-1);
  return last !== undefined && isOf(last, 'RunStopped') ? last : undefined;
}

/** RunCompleted belongs to the last epoch. */
function belongsUntil({ data }: RecordedFact, upTo: number): boolean {
  const { epoch, epochs } = data as { epoch?: number; epochs?: number };
  return (epoch ?? epochs ?? 0) <= upTo;
}

function lastEpoch(line: readonly RecordedFact[]): number {
  return line.findLast((fact) => isOf(fact, 'EpochMeasured'))?.data.epoch ?? 0;
}

async function noCheckpoint(host: RecordingHost, runId: string, epoch: number, line: readonly RecordedFact[]): Promise<RunledgerError> {
  const kept: number[] = [];
  for (const fact of line) {
    if (isOf(fact, 'CheckpointTaken') && fact.data.reason === 'last' && (await host.ledger.blobs.has(fact.data.sha256)))
      kept.push(fact.data.epoch);
  }
  return new RunledgerError('run.checkpoint', `${runReference(runId)} has no checkpoint of epoch ${epoch} to begin at`, {
    help:
      kept.length === 0
        ? 'leave out --from: then it begins at the start'
        : `it has those of ${kept.join(', ')}; without --from it begins at the start`,
  });
}
