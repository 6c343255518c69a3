// Each batch is sent one to three times, as whoever got no answer does: the word of a commit gets lost, the writer is gone and comes again.
// Nothing is there twice, and what comes with other content under an id that is taken is refused.
import Database from 'better-sqlite3';
import { encodeEvent } from '../../app/ledger/encode.ts';
import type { AppendRequest } from '../../app/ledger/sqlite/append.ts';
import type { LedgerWriter } from '../../app/ledger/sqlite/writer.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { eventSource } from '../contracts/events.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder } from './folder.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { openWriterIn, writeBlobs } from './sample.ts';

async function sendAgain(seed: number): Promise<void> {
  const dice = chance(seed);
  const history = randomHistory(seed, { runs: 2 });
  await inFolder(async (folder) => {
    const gone: LedgerWriter[] = [];
    let writer = await openWriterIn(folder);
    writeBlobs(folder, history);
    for (const batch of history.batches) {
      const times = 1 + dice.below(3);
      for (let time = 1; time <= times; time++) {
        if (time < times && dice.oneIn(2)) {
          loseTheWord(writer, batch);
          // The writer is gone, its log not merged, and another one comes.
          if (dice.oneIn(4)) gone.push(writer);
          if (gone.at(-1) === writer) writer = await openWriterIn(folder);
        } else {
          send(writer, batch);
        }
      }
      if (dice.oneIn(3)) refuseOther(writer, batch, dice);
    }
    const sent = history.batches.flatMap(({ events }) => events.map(({ id }) => id));
    const stored = writer.database.prepare<[], string>('SELECT id FROM events ORDER BY position').pluck().all();
    for (const each of [...gone, writer]) each.close();
    hold(JSON.stringify(stored) === JSON.stringify(sent), `${sent.length} events were sent, ${stored.length} are stored`);
    hold((await verifyLedger(folder)).ok, 'verify finds damage');
  });
}

function send(writer: LedgerWriter, batch: AppendRequest): void {
  const [reply] = writer.appendAll([batch]);
  hold(reply !== undefined && 'outcome' in reply && reply.outcome.kind === 'appended', `not appended: ${JSON.stringify(reply)}`);
}

/** Commits, and fails before it can say so. */
function loseTheWord({ database, appendAll }: LedgerWriter, batch: AppendRequest): void {
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    const result = exec(sql);
    if (sql === 'COMMIT') throw new Database.SqliteError('lost', 'SQLITE_IOERR');
    return result;
  };
  try {
    appendAll([batch]);
  } catch (error) {
    if (!(error instanceof RunledgerError)) throw error;
  } finally {
    database.exec = exec;
  }
}

/** The same ids with another word in one of their events, in another stream, or with a new event among them. */
function refuseOther(writer: LedgerWriter, batch: AppendRequest, dice: Chance): void {
  const at = dice.below(batch.events.length);
  const changed = batch.events.map((event, index) => (index === at ? { ...event, measured: '{"other":1}' } : event));
  const stranger = { ...encodeEvent(eventSource()('Late')), id: `018f0000-0000-7000-8000-${String(dice.below(1e9)).padStart(12, '0')}` };
  const others: AppendRequest[] = [
    { ...batch, events: changed },
    { ...batch, stream: 'run/ffffffff-0000-4000-8000-000000000000', expectedVersion: 0 },
    { ...batch, events: [...batch.events, stranger] },
  ];
  const [reply] = writer.appendAll([dice.from(others)]);
  const code = reply !== undefined && 'error' in reply ? (reply.error as { code?: string }).code : 'none';
  hold(code === 'ledger.idempotence', `changed content under an old id is answered with ${code}`);
}

export const repeats: Kind = {
  name: 'repeats',
  what: 'each batch sent one to three times, the word of its commit lost; old ids with other content',
  counts: { test: 20, chaos: 500 },
  run: sendAgain,
};
