// The trials of a sweep as the ledger knows them, best first: what a grid's table shows.
import type { Database } from 'better-sqlite3';
import type { Status } from '../../views/format/status.ts';
import type { Json } from '../ledger/ports.ts';

export interface TrialRow {
  trial: number;
  runId: string;
  seed: number;
  assignment: { [path: string]: Json };
  status: Status;
  reused: boolean;
  /** Of the last epoch; null before the first. */
  validationAccuracy: number | null;
  validationLoss: number | null;
  epochsDone: number;
  epochs: number;
  seconds: number | null;
}

interface Row extends Omit<TrialRow, 'assignment' | 'reused'> {
  assignment: string;
  reused: number;
}

export function readTrials(database: Database, sweepId: string): TrialRow[] {
  return database
    .prepare<[string], Row>(
      `SELECT t.trial, t.run_id AS runId, t.seed, t.assignment, r.status, t.reused, r.val_accuracy AS validationAccuracy,
         r.val_loss AS validationLoss, r.epochs_done AS epochsDone, r.epochs, r.seconds
       FROM v1_trials t JOIN v1_runs r ON r.run_id = t.run_id WHERE t.sweep_id = ? ORDER BY r.val_accuracy DESC, t.trial`,
    )
    .all(sweepId)
    .map((row) => ({ ...row, assignment: JSON.parse(row.assignment), reused: row.reused === 1 }));
}
