// The ledger as of one of its events: a connection on which every table is what it was just after that event, so that every query of pages and
// commands works on it unchanged. Temporary views stand in front of the tables (SQLite looks names up in its temporary schema first), and
// over them the published views once more, word for word. Positions and spans of rows are all that is needed; nothing is copied.
import { type Connection, openConnection } from './connection.ts';
import { loadSchema } from './migrations.ts';

export interface Past {
  /** Read-only. Statements may be prepared once and run at any moment. */
  database: Connection;
  /** From now on the tables end with the event at this position, or the last one before it. */
  moveTo(position: number): void;
  close(): void;
}

export function openPast(file: string): Past {
  const database = openConnection(file, { write: false });
  database.exec('CREATE TEMP TABLE moment (at INTEGER NOT NULL); INSERT INTO moment (at) VALUES (0)');
  for (const text of shadows(database)) database.exec(text);
  for (const text of loadSchema().views) database.exec(text.replaceAll(/^CREATE VIEW /gm, 'CREATE TEMP VIEW '));
  const move = database.prepare<[number]>('UPDATE moment SET at = ?');
  return { database, moveTo: (position) => void move.run(position), close: () => void database.close() };
}

const at = '(SELECT at FROM moment)';

/** Tables that are not read as of an event: `work` is no history, and nothing of a page reads it. */
const unshadowed = new Set(['work']);

function shadows(database: Connection): string[] {
  const { guards, readModels } = loadSchema();
  const tables = [...guards, ...readModels].filter(({ type, name }) => type === 'table' && !unshadowed.has(name));
  const columnsOf = database.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck();
  return tables.map(({ name }) => {
    const columns = columnsOf.all(name);
    return `CREATE TEMP VIEW "${name}" AS ${(byHand[name] ?? cut)(columns, name)}`;
  });
}

/** Rows that events had made by then; what was closed later is open. */
function cut(columns: string[], table: string): string {
  const made = columns.includes('from_position') ? 'from_position' : 'position';
  const read = columns.map((column) => (column === 'to_position' ? stillOpen : `"${column}"`));
  return `SELECT ${read} FROM main."${table}" WHERE ${made} <= ${at}`;
}

const stillOpen = `CASE WHEN to_position <= ${at} THEN to_position END AS to_position`;

const byHand: Record<string, (columns: string[]) => string> = {
  /**
   * The version that stood then, and none before it: nobody asks for those. A run has a version an epoch, so each is looked up from the newest one,
   * by whose id, number and place among the newest the indexes find it; these two columns are the same in every version.
   */
  runs(columns) {
    const read = columns.map((column) => {
      if (column === 'to_position') return 'NULL AS to_position';
      return `${column === 'run_id' || column === 'first_position' ? 'newest' : 'version'}."${column}" AS "${column}"`;
    });
    return `SELECT ${read} FROM main.runs AS newest CROSS JOIN main.runs AS version
      WHERE newest.to_position IS NULL AND newest.first_position <= ${at} AND version.from_position = (
        SELECT max(from_position) FROM main.runs WHERE first_position = newest.first_position AND from_position <= ${at})`;
  },
  streams: () => `SELECT ordinal, stream,
      (SELECT max(version) FROM main.events WHERE events.stream = ordinal AND position <= ${at}) AS version,
      (SELECT hash FROM main.events WHERE events.stream = ordinal AND position <= ${at} ORDER BY version DESC LIMIT 1) AS head_hash
    FROM main.streams WHERE EXISTS (SELECT 1 FROM main.events WHERE events.stream = ordinal AND version = 1 AND position <= ${at})`,
  /** Leases are no history. Who was under way then counts as alive: had it died before, an event would say so. */
  leases: () => `SELECT run_id, 0 AS process_id, NULL AS boot_id, NULL AS process_start, unixepoch() * 1000 AS beat_at
    FROM main.runs WHERE to_position IS NULL`,
  read_models: () => `SELECT singleton, fingerprint, min(position, ${at}) AS position FROM main.read_models`,
};
