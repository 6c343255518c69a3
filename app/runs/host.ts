// What recording runs needs of the world, put together for this process.
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Ledger } from '../ledger/index.ts';
import type { RecordingHost } from './events.ts';
import { createTurns } from './turns.ts';
import { createRunWorkers, type RunWorkers } from './workers.ts';

/** `workers` where some were started before the ledger was open. */
export function createRecordingHost(ledger: Ledger, clock: () => number, workers: RunWorkers = createRunWorkers()): RecordingHost {
  return { ledger, clock, newId: randomUUID, newEventId: randomUUIDv7, workers, checkpoints: createTurns() };
}
