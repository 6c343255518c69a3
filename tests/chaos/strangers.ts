// Another program writes into the file, with none of our settings: INSERT OR REPLACE, UPDATE, dropped triggers, other journal modes, tables of its
// own. SQLite refuses it, or whoever opens next says what is wrong, or `verify` names it; where none of these, nothing is lost and the next append works.
import { cpSync } from 'node:fs';
import Database from 'better-sqlite3';
import { encodeEvent } from '../../app/ledger/encode.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { eventSource, streamOf } from '../contracts/events.ts';
import { type Answers, answersOf, difference } from './answers.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder, lastingFolder } from './folder.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { databaseOf, openWriterIn, writeLedger } from './sample.ts';

const columns = 'position, id, stream, version, attempt, type, schema_version, recorded_at, data, measured, arrays, blob, hash';
const copied = (changes: Record<string, string>): string =>
  columns
    .split(', ')
    .map((column) => changes[column] ?? column)
    .join(', ');

/** What somebody may do to the file, with a row chosen by chance. */
const deeds: readonly ((row: number) => string)[] = [
  (row) => `INSERT OR REPLACE INTO events (${columns}) SELECT ${copied({ data: "'{}'" })} FROM events WHERE position = ${row}`,
  (row) =>
    `INSERT OR REPLACE INTO events (${columns}) SELECT ${copied({ position: 'NULL', measured: "'{}'" })} FROM events WHERE position = ${row}`,
  (row) =>
    `REPLACE INTO streams (ordinal, stream, version, head_hash) SELECT ordinal, stream, 1, x'00' FROM streams LIMIT 1 OFFSET ${row % 2}`,
  (row) => `UPDATE events SET data = '{"epoch":9}' WHERE position = ${row}`,
  (row) => `DELETE FROM events WHERE position >= ${row}`,
  (row) =>
    `INSERT INTO events (${columns}) SELECT ${copied({ position: 'NULL', id: "'018e0000-0000-7000-9000-000000000000'", version: '(SELECT max(version) + 1 FROM events AS e WHERE e.stream = events.stream)' })} FROM events WHERE position = ${row}`,
  () => 'UPDATE streams SET version = version + 1',
  () => 'DROP TRIGGER events_never_change',
  (row) => `DROP TRIGGER events_never_change; UPDATE events SET measured = '{"seconds":1}' WHERE position = ${row}`,
  (row) => `DROP TRIGGER events_never_vanish; DELETE FROM events WHERE position = ${row}`,
  () => 'DROP TRIGGER streams_only_grow',
  () => 'CREATE TRIGGER helpful AFTER INSERT ON events BEGIN DELETE FROM leases; END',
  () => 'DROP TABLE events',
  () => 'ALTER TABLE events ADD COLUMN note TEXT',
  () => 'ALTER TABLE events RENAME COLUMN measured TO metrics',
  (row) => `UPDATE runs SET seed = seed + 1; UPDATE epochs SET val_accuracy = 1 WHERE position >= ${row}`,
  () => 'DELETE FROM steps',
  () => 'DROP VIEW v1_epochs',
  () => 'DROP TABLE epochs',
  () => `UPDATE read_models SET fingerprint = 'other'`,
  () => 'UPDATE read_models SET position = 0',
  () => 'PRAGMA user_version = 7',
  () => 'PRAGMA user_version = 0',
  () => 'PRAGMA application_id = 1',
  () => 'PRAGMA journal_mode = DELETE',
  () => 'VACUUM',
  () => 'PRAGMA page_size = 4096; PRAGMA journal_mode = DELETE; VACUUM',
  () => 'CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)',
  () => 'CREATE INDEX theirs ON events (type)',
  () => 'ANALYZE',
  () => 'DELETE FROM leases; DELETE FROM work',
];

interface Whole {
  folder: string;
  answers: Answers;
  events: number;
}

let whole: Promise<Whole> | undefined;

async function makeWhole(): Promise<Whole> {
  const folder = lastingFolder();
  const history = randomHistory(1, { runs: 2 });
  await writeLedger(folder, history);
  return { folder, answers: await answersOf(folder), events: history.batches.reduce((sum, { events }) => sum + events.length, 0) };
}

async function tamperOnce(seed: number): Promise<void> {
  whole ??= makeWhole();
  const { folder: origin, answers, events } = await whole;
  const dice = chance(seed);
  const deed = deeds[seed % deeds.length]!(1 + dice.below(events));
  await inFolder(async (folder) => {
    cpSync(origin, folder, { recursive: true });
    const refusal = tryDeed(folder, deed);
    if (refusal !== null) {
      hold(difference(answers, await answersOf(folder)) === null, `${deed}: refused (${refusal}), and yet something changed`);
      hold((await verifyLedger(folder)).ok, `${deed}: refused (${refusal}), and yet verify finds damage`);
    }
    await goOn(folder, answers, deed, dice);
  });
}

/** Why SQLite refused, or null. */
function tryDeed(folder: string, deed: string): string | null {
  const database = new Database(databaseOf(folder));
  try {
    database.exec(deed);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    database.close();
  }
}

/** Whoever comes next: verifies, opens, appends. */
async function goOn(folder: string, before: Answers, deed: string, dice: Chance): Promise<void> {
  const named = await verifyLedger(folder).then(({ ok }) => !ok, refusedInWords(deed));
  const changed = await answersOf(folder).then(
    (now) => difference(before, now),
    // A view or a table that is not there is SQLite's to say.
    (error) => (error instanceof Database.SqliteError ? 'everything' : refusedInWords(deed)(error)),
  );
  hold(named || typeof changed !== 'string', `${deed}: verify finds nothing, and ${changed} is other than it was`);
  const writer = await openWriterIn(folder).catch((error) => {
    refusedInWords(deed)(error);
    return null;
  });
  if (writer === null) return;
  try {
    const stream = streamOf('run', dice.oneIn(2) ? 1 : 77);
    const version = writer.database.prepare<[string], number>('SELECT version FROM streams WHERE stream = ?').pluck().get(stream) ?? 0;
    const event = { ...encodeEvent(eventSource()('Next')), id: '018e0000-0000-7000-9fff-000000000000' };
    const [reply] = writer.appendAll([{ stream, expectedVersion: version, events: [event] }]);
    if (reply !== undefined && 'error' in reply) refusedInWords(deed)(reply.error);
    else hold(reply?.outcome.kind === 'appended', `${deed}: the next append is a conflict`);
  } catch (error) {
    refusedInWords(deed)(error);
  } finally {
    writer.close();
  }
}

/** True for an error of ours with help; anything else is a crash. */
function refusedInWords(deed: string): (error: unknown) => true {
  return (error) => {
    if (error instanceof RunledgerError && error.help !== undefined) return true;
    throw new Error(`${deed}: not an error of ours: ${error instanceof Error ? error.stack : error}`, { cause: error });
  };
}

export const strangers: Kind = {
  name: 'strangers',
  what: 'another program writes into the file: INSERT OR REPLACE, dropped triggers, other settings',
  counts: { test: deeds.length, chaos: 20 * deeds.length },
  run: tamperOnce,
};
