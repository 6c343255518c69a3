// Who trains which run, as the application sees it: a lease is held from before a run's first event until after its last. Runs
// whose lease is dead are found here and their end is written down.
import type { Lease, Liveness } from './liveness.ts';
import { confirmMs, isOnlySilent, liveness } from './liveness.ts';
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
  /** Whether nobody living holds it. Unlike `state` it takes its time, where only the clock says so. */
  gone(runId: string): Promise<boolean>;
  /** Whether there is a lease, however old. A queued run without one waits for somebody to take it. */
  held(runId: string): Promise<boolean>;
}

/** The reading half of Leases. */
export function leaseReader(connection: Connection, clock: () => number, wait: Wait): Pick<Leases, 'state' | 'gone' | 'held'> {
  const find = connection.prepare<[string], Lease>(`SELECT ${leaseColumns} FROM leases WHERE run_id = ?`);
  return {
    async state(runId) {
      return liveness(find.get(runId) ?? null, clock());
    },
    async gone(runId) {
      return liveness(find.get(runId) ?? null, clock()) === 'dead' && staysSilent(connection, runId, clock, wait);
    },
    async held(runId) {
      return find.get(runId) !== undefined;
    },
  };
}

/** Resolves after so many milliseconds, on a clock that nobody sets. */
export type Wait = (milliseconds: number) => Promise<unknown>;

/** Where a lease is dead by its silence alone, waits for a beat. False where one came: somebody lives. */
export async function staysSilent(connection: Connection, runId: string, clock: () => number, wait: Wait): Promise<boolean> {
  const find = connection.prepare<[string], Lease>(`SELECT ${leaseColumns} FROM leases WHERE run_id = ?`);
  const before = find.get(runId) ?? null;
  if (!isOnlySilent(before, clock())) return true;
  await wait(confirmMs);
  return find.get(runId)?.beatAt === before?.beatAt;
}

export interface Sweeping {
  connection: Connection;
  log: Log;
  clock: () => number;
  newEventId: () => string;
  wait: Wait;
}

/**
 * Appends `RunInterrupted` to every run that claims to be under way and whose lease is dead; returns their ids. A run that went on
 * meanwhile is left alone, because the append names the version that was seen. Only commands that write anyway call this.
 */
export async function sweepInterrupted({ connection, log, clock, newEventId, wait }: Sweeping): Promise<string[]> {
  const found: string[] = [];
  const dead = underWay(connection).filter(
    ({ status, lease }) => (lease !== null || status !== 'queued') && liveness(lease, clock()) === 'dead',
  );
  // All at once, however many are doubted.
  const silent = await Promise.all(dead.map(({ runId }) => staysSilent(connection, runId, clock, wait)));
  for (const { runId, attempt, lease } of dead.filter((_, index) => silent[index])) {
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
