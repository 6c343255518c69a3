// Requests to stop a run, as the process that records it hears them: an event in the run's own stream of requests, written by whoever asks, from
// this process or another. Only one that came after the run was queued or last taken up counts.
import type { Database } from 'better-sqlite3';
import type { Ledger } from '../ledger/index.ts';
import { appendNext, applicationEvent, type Noting } from './events.ts';

/** Who stopped a run, as `RunStopped` records it. */
export interface StopReason {
  by: string;
  why: string;
}

export interface StopRequests {
  /** Aborts with a StopReason. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  close(): void;
}

/** Asks whoever trains the run to stop it after its current step. */
export function requestStop(host: Noting, runId: string, why: string): Promise<void> {
  return appendNext(host, `run/${runId}/requests`, applicationEvent(host, 'StopRequested', { by: 'user', why }));
}

export function stopRequests({ database, onChange }: Pick<Ledger, 'database' | 'onChange'>, runId: string): StopRequests {
  const controller = new AbortController();
  const newest = newestRequest(database);
  const look = (): void => {
    const why = newest(runId);
    if (why !== null && !controller.signal.aborted) controller.abort({ by: 'request', why } satisfies StopReason);
  };
  const close = onChange(look);
  look();
  return { signal: controller.signal, close };
}

/** Why the run is asked to stop; null where it is not. */
export function newestRequest(database: Database): (runId: string) => string | null {
  const begun = database
    .prepare<[string], number | null>(
      `SELECT max(position) FROM v1_events WHERE stream = 'run/' || ? AND type IN ('RunQueued', 'RunForked', 'RunResumed')`,
    )
    .pluck();
  const asked = database
    .prepare<[string, number], string>(
      `SELECT data ->> '$.why' FROM v1_events WHERE stream = 'run/' || ? || '/requests' AND type = 'StopRequested' AND position > ?
       ORDER BY position DESC LIMIT 1`,
    )
    .pluck();
  return (runId) => asked.get(runId, begun.get(runId) ?? 0) ?? null;
}

/** The reason of a signal in the form in which it is recorded; null for a signal without one. */
export function stopReasonOf({ reason }: Pick<AbortSignal, 'reason'>): StopReason | null {
  const { by, why } = (typeof reason === 'object' && reason !== null ? reason : {}) as Partial<StopReason>;
  return typeof by === 'string' && typeof why === 'string' ? { by, why } : null;
}
