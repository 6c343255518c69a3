// `--at N`: reading commands as of an event, like pages.
import type { Database } from 'better-sqlite3';
import { RunledgerError } from '../../trainer/errors.ts';
import { integer } from '../../views/format/number.ts';
import { exactTime } from '../../views/format/time.ts';
import type { Ledger } from '../ledger/index.ts';
import { type Moment, momentReader } from '../ledger/moment.ts';
import { findRun } from '../runs/find.ts';
import type { Screen } from './terminal/screen.ts';

export interface Reading {
  database: Database;
  /** Null is the present. */
  moment: Moment | null;
}

/** What a command reads from. An event that has not happened yet is the present. */
export function readingAt(ledger: Pick<Ledger, 'database' | 'past'>, at: number | undefined): Reading {
  const moment = at === undefined ? null : momentReader(ledger.database)(at);
  if (moment === null) return { database: ledger.database, moment };
  const { database, moveTo } = ledger.past();
  moveTo(moment.position);
  return { database, moment };
}

/** The run that a word means then, or else now. Errors: those of `findRun`; `run.later` where it had not begun. */
export function findRunAt(present: Database, { database, moment }: Reading, word: string): string {
  if (moment === null) return findRun(database, word);
  const known = (runId: string) => database.prepare<[string]>('SELECT 1 FROM v1_runs WHERE run_id = ?').get(runId) !== undefined;
  const runId = foundThen(database, word) ?? findRun(present, word);
  if (known(runId)) return runId;
  const began = present.prepare<[string], number>('SELECT first_position FROM v1_runs WHERE run_id = ?').pluck().get(runId);
  throw new RunledgerError('run.later', `${word} had not begun at event ${moment.position}`, {
    help: `its first event is number ${began}; as of that one:  --at ${began}`,
  });
}

function foundThen(database: Database, word: string): string | null {
  try {
    return findRun(database, word);
  } catch (error) {
    if (error instanceof RunledgerError && error.code === 'run.unknown') return null;
    throw error;
  }
}

/** Nothing in the present. */
export function momentLine(moment: Moment | null, { paint }: Pick<Screen, 'paint'>): string[] {
  return moment === null ? [] : [paint.muted(`as of event ${integer(moment.position)}, ${exactTime(Date.parse(moment.recordedAt))}`)];
}
