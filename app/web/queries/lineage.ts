// Where a run comes from and what came of it: how often it was taken up and what that left behind, the run it was forked from, and its forks.
import type { Database } from 'better-sqlite3';
import type { Status } from '../../../views/format/status.ts';
import { nameOr } from './runs.ts';

export interface AttemptRow {
  attempt: number;
  /** ISO 8601. */
  startedAt: string;
  /** The last ones kept of what went before. */
  epoch: number;
  step: number;
  /** SHA-256; null where nothing was kept. */
  checkpoint: string | null;
  position: number;
}

/** Facts between two events, both exclusive, that do not count any more. */
export interface Stretch {
  after: number;
  before: number;
}

export interface Relative {
  id: string;
  name: string;
  status: Status;
  /** At the end of which epoch the fork began. */
  epoch: number;
}

export interface LineageQueries {
  attempts(runId: string): AttemptRow[];
  superseded(runId: string): Stretch[];
  /** Null where it is no fork; without a name where its parent is not in this ledger. */
  parent(run: { parentRunId: string | null; parentEpoch: number | null }): (Omit<Relative, 'status'> & { known: boolean }) | null;
  /** Oldest first. */
  forks(runId: string): Relative[];
}

export function lineageQueries(database: Database): LineageQueries {
  const attempts = database.prepare<[string], AttemptRow>(
    'SELECT attempt, started_at AS startedAt, epoch, step, checkpoint, position FROM v1_attempts WHERE run_id = ? ORDER BY position',
  );
  // A checkpoint that was left behind itself lies in the stretch that a later attempt left behind.
  const superseded = database.prepare<[string], { after: number | null; before: number }>(
    `SELECT attempt.position AS before, iif(attempt.checkpoint IS NULL, run.first_position, (
       SELECT max(kept.position) FROM v1_checkpoints AS kept
       WHERE kept.run_id = run.run_id AND kept.sha256 = attempt.checkpoint AND kept.step = attempt.step AND kept.position < attempt.position
     )) AS after
     FROM v1_attempts AS attempt JOIN v1_runs AS run ON run.run_id = attempt.run_id WHERE attempt.run_id = ? AND attempt.attempt > 1`,
  );
  const name = database.prepare<[string], { name: string | null }>('SELECT name FROM v1_runs WHERE run_id = ?');
  const forks = database.prepare<[string], { id: string; name: string | null; status: Status; epoch: number }>(
    `SELECT run_id AS id, name, status, parent_epoch AS epoch FROM v1_runs WHERE parent_run_id = ? ORDER BY first_position`,
  );
  return {
    attempts: (runId) => attempts.all(runId),
    superseded: (runId) => superseded.all(runId).filter((stretch): stretch is Stretch => stretch.after !== null),
    parent: ({ parentRunId: id, parentEpoch: epoch }) => {
      if (id === null || epoch === null) return null;
      const found = name.get(id);
      return { id, epoch, name: nameOr(found?.name, id), known: found !== undefined };
    },
    forks: (runId) => forks.all(runId).map((row) => ({ ...row, name: nameOr(row.name, row.id) })),
  };
}

/** Whether an event at this position lies in one of the stretches. */
export function isSuperseded(stretches: readonly Stretch[], position: number): boolean {
  return stretches.some(({ after, before }) => position > after && position < before);
}
