// What a ledger answers: every row of every published view and every event, as text that keeps each bit of each number. Opened as any
// reader opens it.
import { openLedger } from '../../app/ledger/index.ts';
import type { Connection } from '../../app/ledger/sqlite/connection.ts';
import { openScratch } from '../../app/ledger/sqlite/scratch.ts';

/** By view; `log` for the events as programs read them. */
export type Answers = Record<string, string>;

export const publishedViews: readonly string[] = (() => {
  const { database } = openScratch({ views: true });
  const names = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").pluck().all();
  database.close();
  return names;
})();

/** Throws what opening or reading throws. */
export async function answersOf(folder: string, { after = '0' } = {}): Promise<Answers> {
  const ledger = await openLedger(folder, { write: false });
  try {
    const views = publishedViews.map((view) => [view, rowsOf(ledger.database, view)]);
    const { events } = await ledger.log.readAll({ after, limit: Number.MAX_SAFE_INTEGER });
    return { ...Object.fromEntries(views), log: exact(events) };
  } finally {
    await ledger.close();
  }
}

/** What leases alone decide is no history: a run under way is under way. */
function rowsOf(database: Connection, view: string): string {
  const statement = database.prepare<[], unknown[]>(`SELECT * FROM "${view}"`).raw();
  const status = statement.columns().findIndex(({ name }) => name === 'status');
  const underWay = (value: unknown) => (['running', 'suspect', 'interrupted'].includes(String(value)) ? 'under way' : value);
  const rows = statement.all().map((row) => exact(row.map((value, column) => (column === status ? underWay(value) : value))));
  // Who asks for no order gets any.
  return rows.sort().join('\n');
}

/** JSON that tells −0 from 0, and NaN and infinities from null. */
export function exact(value: unknown): string {
  return JSON.stringify(value, (_, item) => {
    if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item;
    return Object.is(item, -0) ? '\u0000-0' : `\u0000${item}`;
  });
}

/** The first view whose rows differ, or null. */
export function difference(a: Answers, b: Answers): string | null {
  return Object.keys(a).find((name) => a[name] !== b[name]) ?? null;
}
