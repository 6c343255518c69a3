// The state of a run at the end of any epoch: from a kept checkpoint, or trained again from the nearest earlier one. Checkpoints are a cache.
import { type Checkpoint, type DataSet, decodeCheckpoint, encodeCheckpoint, type Progress, RunledgerError } from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { StoredEvent } from '../ledger/ports.ts';
import type { RecordingHost } from './events.ts';
import { isOf, type Recorded, type RecordedFact, survivingLine } from './line.ts';
import { beginningOf, keptCheckpoint, newestPlace } from './origins.ts';
import { refuseOtherData, refuseOtherNumerics, requestOf, startOf } from './recorded.ts';
import { workerFacts } from './workerFacts.ts';

export interface StateOptions {
  threads: number;
  /** Aborting it gives up: the error is the signal's reason. */
  signal: AbortSignal;
  /** Called about ten times a second where epochs are trained again. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface StateAt {
  checkpoint: Checkpoint;
  /** Whether epochs had to be trained again. */
  replayed: boolean;
}

type Host = Pick<RecordingHost, 'workers'> & { ledger: Pick<RecordingHost['ledger'], 'log' | 'blobs'> };

/**
 * The checkpoint of the end of `epoch`. Errors: `run.epoch` where the run has no such epoch, `run.differs` where it comes out otherwise than
 * recorded, `run.dataset`, `run.numerics`.
 */
export async function stateAt(host: Host, runId: string, epoch: number, dataset: DataSet, options: StateOptions): Promise<StateAt> {
  for await (const state of statesAt(host, runId, [epoch], dataset, options)) return state;
  throw endedBefore(runId, epoch);
}

/** The same of several epochs, ascending: a stretch of which no checkpoint was kept is trained again once, not once an epoch. */
export async function* statesAt(
  host: Host,
  runId: string,
  epochs: readonly number[],
  dataset: DataSet,
  options: StateOptions,
): AsyncGenerator<StateAt & { epoch: number }, void, undefined> {
  const { log, blobs } = host.ledger;
  const events = await log.read(`run/${runId}`);
  const line = survivingLine(events);
  const forked = events.find(({ type }) => type === 'RunForked')?.data as EventData<'RunForked'> | undefined;
  const measured = [...new Set(epochs)]
    .sort((a, b) => a - b)
    .map((epoch) => ({ epoch, recorded: forked?.epoch === epoch ? null : epochOf(runId, line, epoch) }));
  let gone: Recorded<'EpochMeasured'>[] = [];
  const again = (stretch: typeof gone) => trainedAgain(host, { runId, events, line }, stretch, dataset, options);
  for (const { epoch, recorded } of measured) {
    if (recorded === null) await restoreBeginning(host, events, dataset, options);
    const kept = recorded === null ? decodeCheckpoint(await blobs.get(forked!.checkpoint)) : await keptCheckpoint(epoch, line, blobs);
    if (kept === null) gone.push(recorded!);
    else {
      yield* again(gone);
      gone = [];
      yield { epoch, checkpoint: kept, replayed: false };
    }
  }
  yield* again(gone);
}

/** Epochs of a run without checkpoints, ascending, from the nearest place before the first of them. */
async function* trainedAgain(
  host: Host,
  { runId, events, line }: { runId: string; events: readonly StoredEvent[]; line: readonly RecordedFact[] },
  epochs: readonly Recorded<'EpochMeasured'>[],
  dataset: DataSet,
  options: StateOptions,
): AsyncGenerator<StateAt & { epoch: number }, void, undefined> {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (first === undefined || last === undefined) return;
  refuseOtherNumerics(runId, events);
  refuseOtherData({ runId, datasetFingerprint: startOf(events)?.datasetFingerprint ?? null }, dataset);
  await restoreBeginning(host, events, dataset, options);
  const { origin } = await newestPlace(line.slice(0, line.indexOf(first)), events, host.ledger.blobs);
  const task = { recipe: requestOf(events).recipe, dataset, threads: options.threads, from: origin };
  for await (const fact of workerFacts(host.workers, task, options)) {
    if (fact.type === 'RunFailed') throw new RunledgerError(fact.data.code, fact.data.message, { help: fact.data.help ?? undefined });
    if (fact.type !== 'EpochMeasured' && fact.type !== 'CheckpointTaken') continue;
    const { epoch } = fact.data;
    const recorded = epochs.find(({ data }) => data.epoch === epoch);
    if (recorded === undefined) continue;
    if (fact.type === 'EpochMeasured') {
      if (fact.data.weightsSha256 !== recorded.data.weightsSha256) throw differs(runId, epoch);
    } else if (fact.data.reason === 'last') {
      yield { epoch, checkpoint: decodeCheckpoint(fact.blob), replayed: true };
      if (recorded === last) return;
    }
  }
  options.signal.throwIfAborted();
  throw endedBefore(runId, last.data.epoch);
}

/** Makes the checkpoint that a fork began from again, where it is gone: the parent's, trained again if need be. Nothing happens in other runs. */
export async function restoreBeginning(host: Host, events: readonly StoredEvent[], dataset: DataSet, options: StateOptions): Promise<void> {
  const forked = events.find(({ type }) => type === 'RunForked')?.data as EventData<'RunForked'> | undefined;
  if (forked === undefined || (await host.ledger.blobs.has(forked.checkpoint))) return;
  const { checkpoint } = await stateAt(host, forked.parent, forked.epoch, dataset, options);
  await host.ledger.blobs.put(encodeCheckpoint(checkpoint).bytes);
  // A parent that was changed since would give other bytes.
  await beginningOf(events, host.ledger.blobs);
}

/** What was measured of an epoch that stands. Error `run.epoch` with those that there are. */
export function epochOf(runId: string, line: readonly RecordedFact[], epoch: number): Recorded<'EpochMeasured'> {
  const all = line.filter((fact) => isOf(fact, 'EpochMeasured'));
  const measured = all.find(({ data }) => data.epoch === epoch);
  if (measured !== undefined) return measured;
  const [first, last] = [all[0]?.data.epoch, all.at(-1)?.data.epoch];
  throw new RunledgerError('run.epoch', `${runReference(runId)} has no epoch ${epoch}`, {
    help:
      first === undefined ? 'no epoch of it is complete' : first === last ? `it has epoch ${first}` : `it has epochs ${first} to ${last}`,
  });
}

function endedBefore(runId: string, epoch: number): RunledgerError {
  return new RunledgerError('run.epoch', `${runReference(runId)} ended before epoch ${epoch}`, { help: 'name an earlier epoch' });
}

function differs(runId: string, epoch: number): RunledgerError {
  return new RunledgerError('run.differs', `${runReference(runId)}, trained again, has other weights after epoch ${epoch}`, {
    help: `see where it differs first with  runledger replay ${runReference(runId)}`,
  });
}
