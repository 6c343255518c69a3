// One flipped bit, anywhere in the database or in a blob. `verify` names it, or every answer stays as it was: the bit was in a page that is
// free or behind the end of a row. Opening and reading may refuse, in words, and nothing ever breaks.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { type Answers, answersOf, difference } from './answers.ts';
import { chance } from './chance.ts';
import { inFolder, lastingFolder } from './folder.ts';
import { randomHistory } from './history.ts';
import { hold, type Kind } from './kind.ts';
import { openWriterIn, writeLedger } from './sample.ts';

interface Whole {
  folder: string;
  answers: Answers;
  /** Relative to the folder. */
  files: string[];
}

/** Few histories, many bits: making one takes longer than looking at it. */
const histories = 16;
const made = new Map<number, Promise<Whole>>();

async function makeWhole(seed: number): Promise<Whole> {
  const folder = lastingFolder();
  await writeLedger(folder, randomHistory(seed, { runs: 2 }));
  const writer = await openWriterIn(folder);
  writer.database.exec(`INSERT INTO leases SELECT run_id, 1, 'boot', '1', 1773446400000 FROM v1_runs`);
  writer.database.exec(`INSERT INTO work (key, payload) VALUES ('a', '{}'), ('b', '{}')`);
  writer.close();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /ledger\.db$|[0-9a-f]{64}$/.test(name));
  return { folder, answers: await answersOf(folder), files };
}

function wholeLedger(seed: number): Promise<Whole> {
  const number = seed % histories;
  const whole = made.get(number) ?? makeWhole(number);
  made.set(number, whole);
  return whole;
}

async function flipOne(seed: number): Promise<void> {
  const whole = await wholeLedger(seed);
  const dice = chance(seed);
  await inFolder(async (folder) => {
    cpSync(whole.folder, folder, { recursive: true });
    const blobs = whole.files.filter((name) => name !== 'ledger.db');
    const file = blobs.length > 0 && dice.oneIn(10) ? dice.from(blobs) : 'ledger.db';
    const bytes = readFileSync(join(folder, file));
    const [at, bit] = [dice.below(bytes.length), dice.below(8)];
    bytes[at] = bytes[at]! ^ (1 << bit);
    writeFileSync(join(folder, file), bytes);
    await judge(folder, whole.answers, `bit ${bit} of byte ${at} of ${file}`);
  });
}

async function judge(folder: string, before: Answers, where: string): Promise<void> {
  const named = await verifyLedger(folder).then(({ ok }) => !ok, mustBeOurs(`verify, ${where}`));
  let changed: string | null;
  try {
    changed = difference(before, await answersOf(folder));
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) mustBeOurs(`reading, ${where}`)(error);
    changed = `everything: ${(error as Error).message}`;
  }
  hold(named || changed === null, `${where}: verify finds nothing, and the answer has changed: ${changed}`);
}

/** An error that says what is wrong; anything else is a crash. */
function mustBeOurs(doing: string): (error: unknown) => true {
  return (error) => {
    if (error instanceof RunledgerError) return true;
    throw new Error(`${doing}: not an error of ours: ${error instanceof Error ? error.stack : error}`, { cause: error });
  };
}

export const bits: Kind = {
  name: 'bits',
  what: 'one bit flipped anywhere in the database or a blob',
  counts: { test: 200, chaos: 5_000 },
  run: flipOne,
};
