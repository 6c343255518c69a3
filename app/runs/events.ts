// What the application itself writes into the log about runs and sweeps, beside the facts of the trainer.
import { RunledgerError } from '../../trainer/errors.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Json, NewEvent } from '../ledger/ports.ts';
import type { Turns } from './turns.ts';
import type { RunWorkers } from './workers.ts';

/** What recording needs of the world. */
export interface RecordingHost {
  ledger: Pick<Ledger, 'log' | 'blobs' | 'leases' | 'database' | 'onChange' | 'sweepInterrupted'>;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** UUIDv4, for runs, sweeps and ablations. */
  newId: () => string;
  /** UUIDv7. */
  newEventId: () => string;
  /** Threads that train. */
  workers: RunWorkers;
  /** Storing a checkpoint with its event, and letting one go: runs that share a file must not do both at once. */
  checkpoints: Turns;
}

/** As much of it as queueing and declaring need. */
export type Announcing = Pick<RecordingHost, 'ledger' | 'clock' | 'newId' | 'newEventId'>;

/** An event of the application: no attempt, nothing measured. */
export function applicationEvent(host: Pick<RecordingHost, 'clock' | 'newEventId'>, type: string, data: Json): NewEvent {
  return {
    id: host.newEventId(),
    type,
    schemaVersion: 1,
    attempt: 0,
    recordedAt: new Date(host.clock()).toISOString(),
    data,
    measured: null,
    arrays: null,
    blob: null,
  };
}

/** Commits events at `version` of a stream of which this process is the only author. Error `ledger.conflict` where it is not. */
export async function commit(host: Announcing, stream: string, version: number, events: NewEvent[]): Promise<void> {
  const result = await host.ledger.log.append(stream, version, events, { flush: true });
  if (result.kind === 'appended') return;
  throw new RunledgerError('ledger.conflict', `${stream} is not at version ${version}: ${result.missed[0]?.type} follows`, {
    help: 'another process writes to it',
  });
}

/** What writing behind others needs. */
export interface Noting {
  ledger: Pick<Ledger, 'log'>;
  clock: () => number;
  newEventId: () => string;
}

/** Commits an event behind whatever a stream of several authors holds (notes, requests, verdicts): an append that comes second is made again. */
export async function appendNext({ ledger: { log } }: Pick<Noting, 'ledger'>, stream: string, event: NewEvent): Promise<void> {
  for (;;) {
    const { version } = await log.head(stream);
    const result = await log.append(stream, version, [event], { flush: true });
    if (result.kind === 'appended') return;
  }
}
