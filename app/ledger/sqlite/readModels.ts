// Rows of published views, by name: the reading half of the ReadModels port, over any connection that has the views.
import { RunledgerError } from '../../../trainer/errors.ts';
import type { ReadModels } from '../ports.ts';
import type { Connection } from './connection.ts';

export function viewReader(database: Connection): Pick<ReadModels, 'rows'> {
  const published = database.prepare<[string], string>(`SELECT name FROM sqlite_schema WHERE type = 'view' AND name = ?`).pluck();
  return {
    async rows(view, { limit = -1 } = {}) {
      if (published.get(view) === undefined) {
        throw new RunledgerError('ledger.view', `there is no view '${view}'`, { help: 'docs/sql.md lists the views' });
      }
      return database.prepare<[number], Record<string, unknown>>(`SELECT * FROM "${view}" LIMIT ?`).all(limit);
    },
  };
}

/** Where the read models of ledger.db stand, as the ReadModels port tells it. */
export function checkpointReader(database: Connection): Pick<ReadModels, 'checkpoint'> {
  const position = database.prepare<[], number>('SELECT position FROM read_models').pluck();
  return {
    async checkpoint() {
      return String(position.get() ?? 0);
    },
  };
}
