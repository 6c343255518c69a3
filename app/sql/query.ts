// A query of a user and its answer: the types that the sandbox, its child process, the console and the command line share.
import { RunledgerError } from '../../trainer/errors.ts';

/** As SQLite stores it; integers beyond 2^53 are bigint. */
export type Cell = null | number | bigint | string | Uint8Array;

export interface QueryColumn {
  name: string;
  /** What the values are: `integer`, `real`, `text`, `blob`, `mixed`, or `null` where there are none. */
  type: string;
}

export interface QueryResult {
  columns: QueryColumn[];
  rows: Cell[][];
  /** Which limit cut the rows off; null where the answer is whole. */
  truncated: 'rows' | 'bytes' | null;
  /** Of the query alone, without the start of its process. */
  elapsedMs: number;
}

export interface QueryLimits {
  rows: number;
  bytes: number;
  milliseconds: number;
}

export const defaultLimits: QueryLimits = { rows: 1000, bytes: 1_000_000, milliseconds: 1000 };

/** Where in the query something is wrong, in UTF-16 units. */
export interface Mistake {
  offset: number;
  length: number;
}

/** A query that was refused, failed or was stopped: `sql.syntax`, `sql.refused`, `sql.statements`, `sql.failed`, `sql.time`. */
export class QueryError extends RunledgerError {
  readonly mistake: Mistake | null;

  constructor(code: string, message: string, help: string | undefined, mistake: Mistake | null, sql: string) {
    super(code, message, { help, place: mistake === null ? undefined : placeOf(sql, mistake.offset) });
    this.mistake = mistake;
  }
}

function placeOf(sql: string, offset: number): string {
  const before = sql.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
