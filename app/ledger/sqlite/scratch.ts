// Read models of their own in a private temporary database, folded from events that come from anywhere: what `verify` compares with,
// and the read models of a log that is not SQLite.
import { encodeJson } from '../json.ts';
import type { StoredEvent } from '../ports.ts';
import type { Connection } from './connection.ts';
import { openConnection } from './connection.ts';
import { type Fold, prepareFold } from './fold.ts';
import { prepareGraft } from './graft.ts';
import { loadSchema, migrateLog } from './migrations.ts';
import { createTables } from './rebuild.ts';

export interface Scratch {
  database: Connection;
  /** False where the type or version is unknown. */
  fold(event: StoredEvent): boolean;
  /** Many, and quicker; gives how many are unknown. */
  foldAll: Fold;
}

/** With `views` where they are to be read. Some of them look into events, so whoever reads those copies the events too. */
export function openScratch({ views }: { views: boolean }): Scratch {
  const database = openConnection('', { write: true });
  migrateLog(database);
  createTables(database, '');
  if (views) for (const text of loadSchema().views) database.exec(text);
  const foldAll = prepareFold(database);
  return { database, fold: (event) => foldAll([event]) === 0, foldAll };
}

/** Copies stored events, as they are, into a database that has the log's tables. */
export function prepareCopy(database: Connection): (event: StoredEvent) => void {
  const graft = prepareGraft(database);
  return (event) => void graft({ ...event, data: encodeJson(event.data), measured: encodeJson(event.measured) });
}
