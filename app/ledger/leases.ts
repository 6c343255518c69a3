// Who trains which run, as the application sees it: a lease is held from before a run's first event until after its last. Runs
// whose lease is dead are found here and their end is written down.
import type { Lease, Liveness } from './liveness.ts';
import { liveness } from './liveness.ts';
import type { Log, NewEvent } from './ports.ts';
import type { Connection } from './sqlite/connection.ts';
import { leaseColumns } from './sqlite/leases.ts';

export interface Leases {
  /** From now on this process answers for the run; the ledger thread renews the lease every second. */
  hold(runId: string): Promise<void>;
  /** The same where nobody living holds the run: then true. Of several who ask at once one gets it. */
  take(runId: string): Promise<boolean>;
  release(runId: string): Promise<void>;
  state(runId: string): Promise<Liveness>;
  /** Whether there is a lease, however old. A queued run without one waits for somebody to take it. */
  held(runId: string): Promise<boolean>;
}

/** The reading half of Leases. */
export function leaseReader(connection: Connection, clock: () => number): Pick<Leases, 'state' | 'held'> {
  const find = connection.prepare<[string], Lease>(`SELECT ${leaseColumns} FROM leases WHERE run_id = ?`);
  return {
    async state(runId) {
      return liveness(find.get(runId) ?? null, clock());
    },
    async held(runId) {
      return find.get(runId) !== undefined;
    },
  };
}

export interface Sweeping {
  connection: Connection;
  log: Log;
  clock: () => number;
  newEventId: () => string;
}

/**
 * Appends `RunInterrupted` to every run that claims to be under way and whose lease is dead; returns their ids. A run that went on
 * meanwhile is left alone, because the append names the version that was seen. Only commands that write anyway call this.
 */
export async function sweepInterrupted({ connection, log, clock, newEventId }: Sweeping): Promise<string[]> {
  const found: string[] = [];
  for (const { runId, status, attempt, lease } of underWay(connection)) {
    if (lease === null && status === 'queued') continue;
    if (liveness(lease, clock()) !== 'dead') continue;
    const stream = `run/${runId}`;
    const { version } = await log.head(stream);
    if (underWay(connection, runId).length === 0) continue;
    const event: NewEvent = {
      id: newEventId(),
      type: 'RunInterrupted',
      schemaVersion: 1,
      attempt,
      recordedAt: new Date(clock()).toISOString(),
      data: { why: 'lease', lastBeat: lease && new Date(lease.beatAt).toISOString() },
      measured: {},
      arrays: null,
      blob: null,
    };
    const result = await log.append(stream, version, [event], { flush: true });
    if (result.kind === 'appended') found.push(runId);
  }
  return found;
}

interface UnderWay {
  runId: string;
  status: string;
  attempt: number;
  lease: Lease | null;
}

/** Open runs that claim to be queued or running, with their leases. */
function underWay(connection: Connection, only: string | null = null): UnderWay[] {
  const rows = connection
    .prepare<[string | null, string | null], Omit<UnderWay, 'lease'> & (Lease | Record<keyof Lease, null>)>(
      `SELECT runs.status, runs.attempt, ${leaseColumns}, runs.run_id AS runId FROM runs LEFT JOIN leases ON leases.run_id = runs.run_id
       WHERE runs.to_position IS NULL AND runs.status IN ('queued', 'running') AND (? IS NULL OR runs.run_id = ?)`,
    )
    .all(only, only);
  return rows.map((row) => ({
    runId: row.runId,
    status: row.status,
    attempt: row.attempt,
    lease: row.beatAt === null ? null : (row as Lease),
  }));
}
