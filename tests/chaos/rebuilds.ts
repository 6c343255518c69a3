// A rebuild against the live tables, on random histories; and one that is broken off at any of its statements. Equal to the byte, and until a
// rebuild has ended the old tables go on serving.
import type { Connection } from '../../app/ledger/sqlite/connection.ts';
import { openConnection } from '../../app/ledger/sqlite/connection.ts';
import { loadSchema } from '../../app/ledger/sqlite/migrations.ts';
import { rebuild } from '../../app/ledger/sqlite/rebuild.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { exact, publishedViews } from './answers.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder } from './folder.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { databaseOf, openWriterIn, writeBlobs } from './sample.ts';

/** Every row of every table of the read models, and of every view. */
function contents(database: Connection): string {
  const tables = loadSchema().readModels.flatMap(({ type, name }) => (type === 'table' ? [name] : []));
  const rowsOf = (name: string) => database.prepare(`SELECT * FROM "${name}"`).raw().all();
  return exact([...tables, ...publishedViews].map((name) => [name, rowsOf(name)]));
}

async function rebuildAgainstLive(seed: number): Promise<void> {
  const dice = chance(seed);
  const history = randomHistory(seed, { runs: 2 });
  await inFolder(async (folder) => {
    const writer = await openWriterIn(folder);
    writeBlobs(folder, history);
    const half = dice.below(history.batches.length);
    writer.appendAll(history.batches.slice(0, half));
    await breakOff(folder, dice);
    writer.appendAll(history.batches.slice(half));
    const live = contents(writer.database);
    await breakOff(folder, dice);
    hold(contents(writer.database) === live, 'a rebuild that was broken off changed what is served');
    await writer.rebuild();
    hold(contents(writer.database) === live, 'rebuilt and live tables differ');
    const left = writer.database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE name LIKE 'fresh%'").pluck().all();
    hold(left.length === 0, `${left} are left over`);
    writer.close();
    hold((await verifyLedger(folder)).ok, 'verify finds damage');
  });
}

/** Ends another connection's rebuild before any one of its statements, as the end of its process would. */
async function breakOff(folder: string, dice: Chance): Promise<void> {
  const database = openConnection(databaseOf(folder), { write: true });
  const exec = database.exec.bind(database);
  let left = dice.below(160);
  database.exec = (sql) => {
    if (left-- === 0) {
      database.close();
      throw new BrokenOff();
    }
    return exec(sql);
  };
  try {
    await rebuild(database);
  } catch (error) {
    // A closed connection says so to whatever comes next.
    if (!(error instanceof BrokenOff) && !/not open/.test((error as Error).message)) throw error;
  } finally {
    if (database.open) database.close();
  }
}

class BrokenOff extends Error {}

export const rebuilds: Kind = {
  name: 'rebuilds',
  what: 'a rebuild on a random history, and one broken off in its midst',
  counts: { test: 100, chaos: 1_000 },
  run: rebuildAgainstLive,
};
