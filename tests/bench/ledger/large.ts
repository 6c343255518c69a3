// A large ledger, made quickly: completed runs of which only EpochMeasured is recorded between beginning and end. The log alone is written, event
// by event with its hash, in one transaction and with the triggers set aside; the read models are then made by the program.
import { encodeEvent } from '../../../app/ledger/encode.ts';
import { type EncodedEvent, eventHash } from '../../../app/ledger/hash.ts';
import type { Json } from '../../../app/ledger/ports.ts';
import { openConnection } from '../../../app/ledger/sqlite/connection.ts';
import { loadSchema, migrateLog } from '../../../app/ledger/sqlite/migrations.ts';
import { asEvents, syntheticFacts } from '../../app/ledger/synthetic.ts';
import { eventSource, idSource, streamOf } from '../../contracts/events.ts';

export interface Size {
  runs: number;
  epochs: number;
}

/** Runs of one configuration: the runs table folds them into a row. */
const repeats = 5;
/** Different courses of training; every run has one of them. */
const courses = 20;

/** Makes ledger.db and returns how many events it holds. */
export function writeLargeLog(file: string, { runs, epochs }: Size): number {
  const database = openConnection(file, { write: true });
  const triggers = loadSchema().guards.filter(({ type }) => type === 'trigger');
  migrateLog(database);
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.exec('BEGIN');
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
  const openStream = database.prepare('INSERT INTO streams (stream, version, head_hash) VALUES (?, ?, ?)');
  const insert = database.prepare(
    `INSERT INTO events (id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const newId = idSource();
  const made = Array.from({ length: courses }, (_, course) => courseOf(epochs, course));
  let events = 0;
  for (let run = 1; run <= runs; run++) {
    const stream = streamOf('run', run);
    let hash: string | null = null;
    const rows = factsOf(made[run % courses] as Course, run).map((fact, index): unknown[] => {
      const event = { ...fact, id: newId() };
      const { id, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob } = event;
      hash = eventHash(hash, stream, index + 1, event);
      return [id, run, index + 1, attempt, type, schemaVersion, recordedAt, data, measured, arrays, blob, Buffer.from(hash, 'hex')];
    });
    openStream.run(stream, rows.length, rows.at(-1)?.at(-1));
    for (const row of rows) insert.run(row);
    events += rows.length;
  }
  for (const { sql } of triggers) database.exec(sql);
  database.exec('COMMIT');
  database.close();
  return events;
}

interface Course {
  started: Record<string, Json>;
  rest: EncodedEvent[];
}

function courseOf(epochs: number, course: number): Course {
  const facts = [...syntheticFacts({ epochs, seed: course + 1, train: 640 })];
  const kept = facts.filter(({ type }) => type === 'EpochMeasured' || type === 'RunCompleted');
  return { started: facts[0]?.data as unknown as Record<string, Json>, rest: asEvents(kept, eventSource()).map(encodeEvent) };
}

/** The facts of a course under a seed and a learning rate of the run's own. */
function factsOf({ started, rest }: Course, run: number): EncodedEvent[] {
  const event = eventSource();
  const written = started.recipe as { optimizer: Record<string, Json> } & Record<string, Json>;
  const recipe = { ...written, seed: run, optimizer: { ...written.optimizer, lr: Math.ceil(run / repeats) / 1e6 } };
  const queued = event('RunQueued', { data: { recipe, name: `run ${run}`, tags: [], sweep: null } });
  return [...[queued, event('RunStarted', { data: { ...started, recipe } })].map(encodeEvent), ...rest];
}
