// Read models of their own in a private temporary database, folded from events that come from anywhere: what `verify` compares with,
// and the read models of a log that is not SQLite.
import type { Connection } from './connection.ts';
import { openConnection } from './connection.ts';
import { type Fold, prepareFold } from './fold.ts';
import { loadSchema, migrateLog } from './migrations.ts';
import { createTables } from './rebuild.ts';

export interface Scratch {
  database: Connection;
  fold: Fold;
}

/** With `views` where they are to be read; they look empty where they read the log's own tables. */
export function openScratch({ views }: { views: boolean }): Scratch {
  const database = openConnection('', { write: true });
  migrateLog(database);
  createTables(database, '');
  if (views) for (const text of loadSchema().views) database.exec(text);
  return { database, fold: prepareFold(database) };
}
