// Takes an interrupted or stopped run up again, from its last checkpoint or from its start, so that it ends as if nothing had happened. What was
// recorded after the checkpoint stays in history as a superseded attempt.
import { type DataSet, describeHost, type Recipe, RunledgerError } from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Json, StoredEvent } from '../ledger/ports.ts';
import { commit, type RecordingHost } from './events.ts';
import { type RecordedFact, survivingLine } from './line.ts';
import { newestPlace, type Place } from './origins.ts';
import { type Attempt, type RecordingOptions, type RunOutcome, recordAttempt } from './record.ts';
import { refuseOtherData, refuseOtherNumerics, requestOf, startOf } from './recorded.ts';
import { findResumable, type Resumable } from './resumable.ts';

/** A run that this process has taken and will train. */
export interface Resumption extends Place {
  runId: string;
  name: string | null;
  recipe: Recipe;
  attempt: number;
  /** Of the stream's last event. */
  version: number;
  /** The facts that survive. */
  line: readonly RecordedFact[];
  /** Of the data it was trained on; null where no attempt has begun. */
  datasetFingerprint: string | null;
}

/**
 * Takes a run for this process and finds where it goes on; nothing is written to its stream yet. Whoever does not go on releases its lease.
 * Errors: `run.completed`, `run.failed`, `run.underWay`, `run.numerics`, with what to do instead.
 */
export async function takeRun(host: Pick<RecordingHost, 'ledger'>, runId: string): Promise<Resumption> {
  const { log, blobs, leases } = host.ledger;
  refuseEnded(runId, await log.read(`run/${runId}`));
  // `gone` looks twice where only the clock says so.
  if (!(await leases.gone(runId)) || !(await leases.take(runId))) {
    throw new RunledgerError('run.underWay', `${runReference(runId)} is being trained`, {
      help: `see how far it is with  runledger show ${runReference(runId)}`,
    });
  }
  try {
    // Read again: only from here on nobody else writes.
    const events = await log.read(`run/${runId}`);
    refuseEnded(runId, events);
    refuseOtherNumerics(runId, events);
    const place = await newestPlace(survivingLine(events), events, blobs);
    const surviving = place.checkpoint === null ? [] : (place.origin?.line as readonly RecordedFact[]);
    const attempt = 1 + Math.max(1, ...events.map((event) => event.attempt));
    const { name, recipe } = requestOf(events);
    const datasetFingerprint = startOf(events)?.datasetFingerprint ?? null;
    return { ...place, runId, name, recipe, attempt, version: events.length, line: surviving, datasetFingerprint };
  } catch (error) {
    await leases.release(runId);
    throw error;
  }
}

/** The same for the newest run of a configuration and seed that stands still; null where there is none, or none that can go on. */
export async function takeStanding(
  host: Pick<RecordingHost, 'ledger'>,
  configurationId: string,
  seed: number,
): Promise<{ standing: Resumable; resumption: Resumption } | null> {
  const standing = findResumable(host.ledger.database, configurationId, seed);
  if (standing === null) return null;
  try {
    return { standing, resumption: await takeRun(host, standing.runId) };
  } catch (error) {
    // Somebody else was quicker, or other numerics: whoever asks begins anew.
    if (error instanceof RunledgerError && error.code.startsWith('run.')) return null;
    throw error;
  }
}

/** Trains a taken run to its end and records it. Errors: `run.dataset` where the data are not those it began with, `ledger.conflict`. */
export async function recordResumed(
  host: RecordingHost,
  resumption: Resumption,
  dataset: DataSet,
  options: RecordingOptions,
): Promise<RunOutcome> {
  const { runId, recipe, attempt, version, origin } = resumption;
  try {
    refuseOtherData(resumption, dataset);
    await commit(host, `run/${runId}`, version, [resumedEvent(host, resumption, options.threads)]);
  } catch (error) {
    await host.ledger.leases.release(runId);
    throw error;
  }
  const next: Attempt = { runId, recipe, attempt, version: version + 1, from: origin };
  return recordAttempt(host, next, dataset, options);
}

function resumedEvent({ clock, newEventId }: RecordingHost, { attempt, checkpoint }: Resumption, threads: number) {
  const { sha256, epoch, step } = checkpoint ?? { sha256: null, epoch: 0, step: 0 };
  const data: EventData<'RunResumed'> = { attempt, checkpoint: sha256, epoch, step };
  return {
    id: newEventId(),
    type: 'RunResumed',
    schemaVersion: 1,
    attempt,
    recordedAt: new Date(clock()).toISOString(),
    data: data as Json,
    measured: { ...describeHost(), threads } as Json,
    arrays: null,
    blob: null,
  };
}

function refuseEnded(runId: string, events: readonly StoredEvent[]): void {
  const reference = runReference(runId);
  const completed = events.find(({ type }) => type === 'RunCompleted');
  if (completed !== undefined) {
    throw new RunledgerError('run.completed', `${reference} is complete: there is nothing to go on with`, {
      help: `train it again and compare with  runledger replay ${reference}`,
    });
  }
  const failed = events.find(({ type }) => type === 'RunFailed')?.data as EventData<'RunFailed'> | undefined;
  if (failed === undefined) return;
  const again = failed.code === 'train.nonFinite' ? ' and would fail again, bit for bit' : '';
  throw new RunledgerError('run.failed', `${reference} failed at step ${failed.step}: ${failed.message}${again}`, {
    help: `begin another run before that, with other settings:  ${forkHint(reference, failed)}`,
  });
}

/** A fork that could end better: from the last whole epoch, at a smaller rate. */
function forkHint(reference: string, { epoch, help }: EventData<'RunFailed'>): string {
  const setting = /--set \S+/.exec(help ?? '')?.[0] ?? '--set optimizer.lr=0.0001';
  return epoch < 2 ? `runledger train <recipe> ${setting}` : `runledger fork ${reference} --epoch ${epoch - 1} ${setting}`;
}
