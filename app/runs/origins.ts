// Where a recorded run can go on: from its events and blobs to what the trainer starts at.
import { type Checkpoint, decodeCheckpoint, type EngineState, type Origin, RunledgerError } from '../../trainer/index.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Blobs, StoredEvent } from '../ledger/ports.ts';
import { isOf, type Recorded, type RecordedFact } from './line.ts';

export interface Place {
  /** Null at the very start of a run that is no fork. */
  origin: Origin | null;
  /** The checkpoint that a `RunResumed` names; null where nothing of the line survives. */
  checkpoint: { sha256: string; epoch: number; step: number } | null;
}

/** Where the run's first step was: null at the start, in a fork at the end of its parent's epoch. Error `ledger.blob` where that state is gone. */
export async function beginningOf(events: readonly StoredEvent[], blobs: Blobs): Promise<Origin | null> {
  const forked = events.find(({ type }) => type === 'RunForked')?.data as EventData<'RunForked'> | undefined;
  if (forked === undefined) return null;
  return forkOrigin(forked, decodeCheckpoint(await blobs.get(forked.checkpoint)));
}

/** A fork is judged by its own epochs, and by the one it began from. */
export function forkOrigin({ epoch, validation }: Pick<EventData<'RunForked'>, 'epoch' | 'validation'>, checkpoint: Checkpoint): Origin {
  return { checkpoint: { ...checkpoint, best: { epoch, validation } }, best: null, line: [] };
}

/**
 * The newest place from which a run can go on: its last checkpoint whose state, and that of the best epoch, can be read; else its beginning.
 * `line` are the facts that stand, `events` the whole stream.
 */
export async function newestPlace(line: readonly RecordedFact[], events: readonly StoredEvent[], blobs: Blobs): Promise<Place> {
  const beginning = await beginningOf(events, blobs);
  for (let index = line.length - 1; index >= 0; index--) {
    const fact = line[index]!;
    if (!isOf(fact, 'CheckpointTaken')) continue;
    const origin = await originAt(line.slice(0, index + 1), fact, beginning, blobs);
    if (origin !== null) return { origin, checkpoint: fact.data };
  }
  return { origin: beginning, checkpoint: null };
}

/** The end of an epoch from which the run can go on; null where its checkpoint, or that of its best epoch, is gone. */
export async function placeAfter(
  epoch: number,
  line: readonly RecordedFact[],
  events: readonly StoredEvent[],
  blobs: Blobs,
): Promise<Origin | null> {
  const index = line.findLastIndex((fact) => isOf(fact, 'CheckpointTaken') && endsEpoch(fact, epoch));
  if (index < 0) return null;
  return originAt(line.slice(0, index + 1), line[index] as Recorded<'CheckpointTaken'>, await beginningOf(events, blobs), blobs);
}

/** Of a whole epoch; one that a stop took stands within an epoch, or between two. */
const endsEpoch = ({ data }: Recorded<'CheckpointTaken'>, epoch: number): boolean => data.epoch === epoch && data.reason !== 'stop';

/** The kept checkpoint of the end of an epoch; null where there is none that can be read. */
export async function keptCheckpoint(epoch: number, line: readonly RecordedFact[], blobs: Blobs): Promise<Checkpoint | null> {
  for (const fact of line) {
    const checkpoint = isOf(fact, 'CheckpointTaken') && endsEpoch(fact, epoch) ? await readable(fact.data.sha256, blobs) : null;
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}

/** Null where the checkpoint, or that of its best epoch, is gone or damaged. */
async function originAt(
  line: readonly RecordedFact[],
  taken: Recorded<'CheckpointTaken'>,
  beginning: Origin | null,
  blobs: Blobs,
): Promise<Origin | null> {
  const checkpoint = await readable(taken.data.sha256, blobs);
  if (checkpoint === null) return null;
  const { best } = checkpoint;
  const whole = checkpoint.progress === null;
  if (best === null || (whole && best.epoch === checkpoint.epoch)) return { checkpoint, best: null, line };
  const state = await bestState(best.epoch, line, beginning, blobs);
  return state && { checkpoint, best: state, line };
}

async function bestState(
  epoch: number,
  line: readonly RecordedFact[],
  beginning: Origin | null,
  blobs: Blobs,
): Promise<EngineState | null> {
  if (beginning?.checkpoint.epoch === epoch) return beginning.checkpoint.state;
  return (await keptCheckpoint(epoch, line, blobs))?.state ?? null;
}

/** Checkpoints are a cache: one that is gone or damaged is one that is not there. */
async function readable(sha256: string, blobs: Blobs): Promise<Checkpoint | null> {
  if (!(await blobs.has(sha256))) return null;
  try {
    return decodeCheckpoint(await blobs.get(sha256));
  } catch (error) {
    if (error instanceof RunledgerError) return null;
    throw error;
  }
}
