// What a projection is: a table and pure functions from events to its rows. Whoever folds (live, in a rebuild, in a check)
// reads and writes the rows; projections know no database connection.
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { EventData, EventType } from '../catalogue/index.ts';
import type { StoredEvent } from '../ports.ts';

/** What the fold itself writes: where a row stands in history, and which of its columns are NaN. */
export type Bookkeeping = 'position' | 'fromPosition' | 'toPosition' | 'notANumber';

/** A row of a table as projections write it. */
export type Row<Table extends SQLiteTable> = Omit<Table['$inferInsert'], Bookkeeping>;

/** Whom an event is about. */
export interface Subject {
  /** The second part of the stream's name. */
  id: string;
  /** Position of the run's first event, which is its number in the read models; 0 where there is no run (yet). */
  run: number;
  stepsPerEpoch: number | null;
  /** Where a run is resumed: position of the event up to which its facts survive, its first event at least. Null everywhere else. */
  survivesTo: number | null;
}

interface Common {
  name: string;
  /** Raised whenever the same events give other rows; ledgers are then rebuilt. */
  version: number;
  /** Its name in SQL. Fields of rows are its columns' names in camelCase. */
  table: string;
  /** Kind of the streams it reads: `run` in `run/<uuid>`. */
  streams: string;
}

/** At most one row an event; the fold adds `position`. */
export interface RowProjection<Table extends SQLiteTable = SQLiteTable> extends Common {
  kind: 'rows';
  /** Its rows are facts of a run's line: the fold closes those that a resumed run leaves behind, by their `toPosition`. */
  line?: true;
  /** Null where this event makes no row. */
  row: { [Type in EventType]?: (data: EventData<Type>, event: StoredEvent, subject: Subject) => Row<Table> | null };
}

/**
 * One open row an entity. The fold closes the previous version and opens the next; null, or the same row again, is no change. Where a run is
 * resumed, `then` is the version that stood at the event up to which its facts survive; null everywhere else.
 */
export interface StateProjection<Table extends SQLiteTable = SQLiteTable> extends Common {
  kind: 'state';
  /** The field of the row that names the entity, and of the subject: `run`; every other name stands for its `id`. */
  key: string;
  evolve: {
    [Type in EventType]?: (
      previous: Row<Table> | null,
      data: EventData<Type>,
      event: StoredEvent,
      subject: Subject,
      then: Row<Table> | null,
    ) => Row<Table> | null;
  };
}

export type Projection = RowProjection | StateProjection;

/** Keeps the table's own row type while one is written, and forgets it for the list of all. */
export function rows<Table extends SQLiteTable>(projection: Omit<RowProjection<Table>, 'kind'>): Projection {
  return { kind: 'rows', ...projection } as unknown as Projection;
}

export function states<Table extends SQLiteTable>(projection: Omit<StateProjection<Table>, 'kind'>): Projection {
  return { kind: 'state', ...projection } as unknown as Projection;
}

/** A number of `measured`, null where it is not there. */
export function measured(event: StoredEvent, name: string): number | null {
  const value = (event.measured as Record<string, unknown> | null)?.[name];
  return typeof value === 'number' ? value : null;
}

/** A whole number of `measured`, null where it is not there or is none. */
export function measuredInteger(event: StoredEvent, name: string): number | null {
  const value = measured(event, name);
  return Number.isSafeInteger(value) ? value : null;
}

/** A text of `measured`, null where it is not there. */
export function measuredText(event: StoredEvent, name: string): string | null {
  const value = (event.measured as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : null;
}
