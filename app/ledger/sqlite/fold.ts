// Folds events into the tables of the projections. The same code moves the live tables inside an append, fills fresh ones in a
// rebuild, and makes the copy that `verify` compares with; only the prefix of the tables' names or the database differs.
import { type EventData, type EventType, isKnownType, upcast } from '../catalogue/index.ts';
import type { StoredEvent } from '../ports.ts';
import { projections } from '../projections/index.ts';
import type { Projection, RowProjection, StateProjection, Subject } from '../projections/projection.ts';
import { runs } from '../projections/runs.ts';
import type { Connection } from './connection.ts';
import { type OpenRows, prepareOpenRows } from './openRows.ts';
import { type AnyRow, prepareInsert } from './rows.ts';

export interface Fold {
  /** Takes events in their order; gives how many were of a type or version that is unknown, which is written down. Runs inside a transaction. */
  (events: Iterable<StoredEvent>): number;
  /** Open rows stay in memory until this is called: where others may have written since, and where anything was rolled back. */
  forget(): void;
}

type Apply = (event: StoredEvent, type: EventType, subject: Subject) => void;

/** What a projection does with events of one type. */
interface Step {
  projection: Projection;
  apply: Apply;
}

export function prepareFold(database: Connection, prefix = ''): Fold {
  const states = projections.filter((projection): projection is StateProjection => projection.kind === 'state');
  const openRows = new Map(states.map(({ name, table, key }) => [name, prepareOpenRows(database, prefix + table, key)]));
  const openRuns = openRows.get(runs.name) as OpenRows;
  const folds = projections.map((projection) => ({
    projection,
    apply:
      projection.kind === 'rows'
        ? prepareRows(database, prefix, projection)
        : stateFold(projection, openRows.get(projection.name) as OpenRows),
  }));
  const survivesTo = prepareSurvival(database, prefix);
  const countUnknown = prepareInsert(database, `${prefix}unknown_events`);
  const steps = new Map<EventType, Step[]>();

  /** Only a few of the projections know a type; where a run is resumed, every table of its line is asked. */
  function stepsOf(type: EventType): Step[] {
    const concerned = ({ projection }: Step) =>
      projection.kind === 'rows'
        ? type in projection.row || (type === 'RunResumed' && projection.line === true)
        : type in projection.evolve;
    const known = steps.get(type) ?? folds.filter(concerned);
    steps.set(type, known);
    return known;
  }

  /** False where the type or version is unknown. */
  function foldOne(stored: StoredEvent): boolean {
    const event = upcast(stored);
    if (event === null || !isKnownType(event.type)) {
      countUnknown({ type: stored.type, schemaVersion: stored.schemaVersion }, stored.position);
      return false;
    }
    const [kind, id] = event.stream.split('/') as [string, string];
    let subject: Subject = { id, run: 0, stepsPerEpoch: null, survivesTo: null };
    if (event.type === 'RunResumed') {
      subject = subjectOf(openRuns, id);
      subject.survivesTo = survivesTo(subject.run, event.data as EventData<'RunResumed'>);
    }
    for (const { projection, apply } of stepsOf(event.type)) {
      if (projection.streams !== kind) continue;
      if (kind === 'run' && projection !== runs) {
        if (subject.run === 0) subject = subjectOf(openRuns, id);
        // Nobody queued or started it: its notes wait for nothing.
        if (subject.run === 0) break;
      }
      apply(event, event.type, subject);
    }
    return true;
  }

  function fold(events: Iterable<StoredEvent>): number {
    let unknown = 0;
    for (const event of events) if (!foldOne(event)) unknown++;
    for (const rows of openRows.values()) rows.write();
    return unknown;
  }

  return Object.assign(fold, {
    forget() {
      for (const rows of openRows.values()) rows.forget();
    },
  });
}

function prepareRows(database: Connection, prefix: string, { table, line, row }: RowProjection): Apply {
  const insert = prepareInsert(database, prefix + table);
  const supersede =
    line && database.prepare(`UPDATE "${prefix}${table}" SET to_position = ? WHERE run = ? AND position > ? AND to_position IS NULL`);
  return (event, type, subject) => {
    if (subject.survivesTo !== null) supersede?.run(event.position, subject.run, subject.survivesTo);
    const make = row[type] as ((data: unknown, event: StoredEvent, subject: Subject) => AnyRow | null) | undefined;
    const made = make?.(event.data, event, subject);
    if (made) insert(made, event.position);
  };
}

/** Position of the checkpoint that a run is resumed from, or of the run's first event. */
function prepareSurvival(database: Connection, prefix: string): (run: number, data: EventData<'RunResumed'>) => number {
  const find = database
    .prepare<[number, string, number], number | null>(
      `SELECT max(position) FROM "${prefix}checkpoints" WHERE run = ? AND sha256 = ? AND step = ? AND to_position IS NULL`,
    )
    .pluck();
  return (run, { checkpoint, step }) => (checkpoint === null ? null : find.get(run, checkpoint, step)) ?? run;
}

function stateFold({ key, evolve }: StateProjection, rows: OpenRows): Apply {
  return (event, type, subject) => {
    const step = evolve[type] as
      | ((previous: AnyRow | null, data: unknown, event: StoredEvent, subject: Subject, then: AnyRow | null) => AnyRow | null)
      | undefined;
    if (step === undefined) return;
    const entity = key === 'run' ? subject.run : subject.id;
    const previous = rows.find(entity);
    const then = subject.survivesTo === null ? null : rows.findThen(subject.run, subject.survivesTo);
    const next = step(previous, event.data, event, subject, then);
    if (next === null || next === previous) return;
    rows.replace(entity, next, event.position);
  };
}

/** `run` is 0 where there is no run (yet). */
function subjectOf(rows: OpenRows, id: string): Subject {
  const { firstPosition, stepsPerEpoch } = (rows.find(id) ?? { firstPosition: 0, stepsPerEpoch: null }) as {
    firstPosition: number;
    stepsPerEpoch: number | null;
  };
  return { id, run: firstPosition, stepsPerEpoch, survivesTo: null };
}
