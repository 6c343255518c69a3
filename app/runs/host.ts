// What recording runs needs of the world, put together for this process.
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Ledger } from '../ledger/index.ts';
import type { RecordingHost } from './events.ts';
import { startWorker } from './record.ts';
import { createTurns } from './turns.ts';

export function createRecordingHost(ledger: Ledger, clock: () => number): RecordingHost {
  return { ledger, clock, newId: randomUUID, newEventId: randomUUIDv7, startWorker, checkpoints: createTurns() };
}
