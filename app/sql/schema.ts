// The published views and their columns: which there are says the ledger itself, what they are says docs/sql.md.
import type { Database } from 'better-sqlite3';
import { isPublished } from './authorizer.ts';
import type { ColumnNote } from './documentation.ts';

export interface PublishedColumn extends ColumnNote {
  name: string;
}

export interface PublishedView {
  name: string;
  columns: PublishedColumn[];
}

/** In alphabetical order, columns in theirs. `notes` by `view.column`; a column without one has empty words. */
export function publishedViews(database: Database, notes: ReadonlyMap<string, ColumnNote>): PublishedView[] {
  const rows = database
    .prepare<[], { view: string; column: string }>(
      `SELECT views.name AS view, columns.name AS column FROM sqlite_schema AS views, pragma_table_xinfo(views.name) AS columns
       WHERE views.type = 'view' ORDER BY views.name, columns.cid`,
    )
    .all();
  return [...Map.groupBy(rows, ({ view }) => view)]
    .filter(([name]) => isPublished(name))
    .map(([name, columns]) => ({
      name,
      columns: columns.map(({ column }) => ({ name: column, unit: '', meaning: '', ...notes.get(`${name}.${column}`) })),
    }));
}
