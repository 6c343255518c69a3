// The published views and their columns, as the ledger itself declares them.
import type { Database } from 'better-sqlite3';
import { isPublished } from './authorizer.ts';

export interface PublishedView {
  name: string;
  columns: string[];
}

/** In alphabetical order, columns in theirs. */
export function publishedViews(database: Database): PublishedView[] {
  const rows = database
    .prepare<[], { view: string; column: string }>(
      `SELECT views.name AS view, columns.name AS column FROM sqlite_schema AS views, pragma_table_xinfo(views.name) AS columns
       WHERE views.type = 'view' ORDER BY views.name, columns.cid`,
    )
    .all();
  return [...Map.groupBy(rows, ({ view }) => view)]
    .filter(([name]) => isPublished(name))
    .map(([name, columns]) => ({ name, columns: columns.map(({ column }) => column) }));
}
