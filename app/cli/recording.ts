// What commands that record share: the ledger opened for writing, ids, and the runs of dead processes found first.
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { type Ledger, openLedger } from '../ledger/index.ts';
import type { RecordingHost } from '../runs/events.ts';
import { startWorker } from '../runs/record.ts';
import type { CliContext } from './context.ts';

/** Opens the ledger, does the work and closes it, whatever happens. */
export async function withLedger<T>(context: CliContext, options: { write: boolean }, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(context.ledger, options);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

export function recordingHost(context: CliContext, ledger: Ledger): RecordingHost {
  return { ledger, clock: context.host.clock, newId: randomUUID, newEventId: randomUUIDv7, startWorker };
}
