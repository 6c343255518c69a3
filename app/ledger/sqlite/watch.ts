// Whether another connection has committed since one last asked: SQLite counts it in `data_version`.
import type { Connection } from './connection.ts';

/** How often to ask. */
export const pollMs = 200;

export function watchOthers(database: Connection): () => boolean {
  const read = database.prepare<[], number>('PRAGMA data_version').pluck();
  let seen = read.get();
  return () => {
    const version = read.get();
    const changed = version !== seen;
    seen = version;
    return changed;
  };
}
