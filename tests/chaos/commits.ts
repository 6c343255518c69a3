// BUSY, FULL and I/O errors at COMMIT. SQLite may have rolled back, or not, or the commit may have gone through and only its word got lost.
// Nothing that was acknowledged goes, no batch stands by half, and the same append works next.
import Database from 'better-sqlite3';
import type { LedgerWriter } from '../../app/ledger/sqlite/writer.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder } from './folder.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { holdAcknowledged, openWriterIn, writeBlobs } from './sample.ts';

const codes = ['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_FSYNC'] as const;
const ways = ['still open', 'rolled back', 'went through'] as const;

/** Lets the next COMMIT end with an error, in one of the ways in which it can. */
function failNextCommit({ database }: LedgerWriter, dice: Chance): void {
  const exec = database.exec.bind(database);
  const [code, way] = [dice.from(codes), dice.from(ways)];
  database.exec = (sql) => {
    if (sql !== 'COMMIT') return exec(sql);
    database.exec = exec;
    if (way === 'rolled back') exec('ROLLBACK');
    if (way === 'went through') exec('COMMIT');
    throw new Database.SqliteError(`${way} at COMMIT`, code);
  };
}

async function failCommits(seed: number): Promise<void> {
  const dice = chance(seed);
  const history = randomHistory(seed, { runs: 2 });
  await inFolder(async (folder) => {
    const writer = await openWriterIn(folder);
    writeBlobs(folder, history);
    const acknowledged: string[] = [];
    for (const batch of history.batches) {
      for (let failures = dice.below(3); failures > 0; failures--) {
        failNextCommit(writer, dice);
        const error = refusal(() => writer.appendAll([batch]));
        hold(error !== null && /^ledger\.(busy|full|io)$/.test(error.code), `an error at COMMIT came as ${error?.code}`);
        hold(!writer.database.inTransaction, 'a transaction is left open');
      }
      const [reply] = writer.appendAll([batch]);
      hold(
        reply !== undefined && 'outcome' in reply && reply.outcome.kind === 'appended',
        `the next append does not work: ${JSON.stringify(reply)}`,
      );
      acknowledged.push(...batch.events.map(({ id }) => id));
    }
    await holdAcknowledged(folder, writer, acknowledged);
  });
}

function refusal(work: () => unknown): RunledgerError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof RunledgerError) return error;
    throw error;
  }
}

export const commits: Kind = {
  name: 'commits',
  what: 'BUSY, FULL and I/O errors at COMMIT',
  counts: { test: 20, chaos: 500 },
  run: failCommits,
};
