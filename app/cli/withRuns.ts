// Opens a ledger that exists for a command that changes something about runs, and finds them.
import { randomUUIDv7 } from 'node:crypto';
import { runReference } from '../../views/format/identity.ts';
import type { Status } from '../../views/format/status.ts';
import type { Ledger } from '../ledger/index.ts';
import { findRun } from '../runs/find.ts';
import { livingStatus } from '../runs/living.ts';
import type { CliContext } from './context.ts';
import type { Paint } from './terminal/paint.ts';
import { withExistingLedger } from './withLedger.ts';

/** What the commands write with. */
export interface ManagingHost {
  ledger: Ledger;
  clock: () => number;
  newEventId: () => string;
}

export interface ManagedRun {
  runId: string;
  name: string;
  /** With what the lease says. */
  status: Status;
  archived: boolean;
  /** Queued, running or suspect: somebody trains it, or may. */
  underWay: boolean;
  /** Name and id, for a line about it. */
  title(paint: Paint): string;
}

/** Makes no ledger where there is none. */
export function withExisting<T>(context: CliContext, work: (host: ManagingHost) => Promise<T>): Promise<T> {
  return withExistingLedger(context, (ledger) => work({ ledger, clock: context.host.clock, newEventId: randomUUIDv7 }));
}

/** All are found before anything is done; a run that is named twice comes once. */
export function withRuns<T>(
  context: CliContext,
  words: readonly string[],
  work: (host: ManagingHost, runs: ManagedRun[]) => Promise<T>,
): Promise<T> {
  return withExisting(context, async (host) => {
    const ids = [...new Set(words.map((word) => findRun(host.ledger.database, word)))];
    return work(host, await Promise.all(ids.map((runId) => readRun(host.ledger, runId))));
  });
}

export async function readRun({ database, leases }: Ledger, runId: string): Promise<ManagedRun> {
  const row = database
    .prepare<[string], { name: string | null; dataset: string; status: Status; archived: number }>(
      'SELECT name, dataset, status, archived FROM v1_runs WHERE run_id = ?',
    )
    .get(runId)!;
  const name = row.name ?? row.dataset;
  const status = await livingStatus(leases, runId, row.status);
  return {
    runId,
    name,
    status,
    archived: row.archived === 1,
    underWay: status === 'queued' || status === 'running' || status === 'suspect',
    title: (paint) => `${paint.bold(name)}  ${paint.muted(runReference(runId))}`,
  };
}
