// Which run a word on the command line means: a name, or any unambiguous start of an id.
import type { Database } from 'better-sqlite3';
import { RunledgerError } from '../../trainer/errors.ts';
import { runReference } from '../../views/format/identity.ts';

interface NamedRun {
  run_id: string;
  name: string | null;
  status: string;
}

const fewestDigits = 4;
const mostListed = 5;

/**
 * The full id. `run/1285ab…` and spaces between groups of digits are understood too.
 * Errors: `run.unknown` with runs of a similar name, `run.ambiguous` with the candidates, both naming what was received.
 */
export function findRun(database: Database, word: string): string {
  const named = database
    .prepare<[string], NamedRun>('SELECT run_id, name, status FROM v1_runs WHERE name = ? ORDER BY first_position DESC')
    .all(word);
  if (named.length > 0) return only(named, word);
  const digits = word
    .replace(/^run\//, '')
    .replace(/[\s-]/g, '')
    .toLowerCase();
  if (digits.length >= fewestDigits && /^[0-9a-f]+$/.test(digits)) {
    const matching = database
      .prepare<[number, string], NamedRun>(
        "SELECT run_id, name, status FROM v1_runs WHERE substr(replace(run_id, '-', ''), 1, ?) = ? ORDER BY first_position DESC",
      )
      .all(digits.length, digits);
    if (matching.length > 0) return only(matching, word);
  }
  throw unknownRun(database, word);
}

function only(runs: NamedRun[], word: string): string {
  if (runs.length === 1) return (runs[0] as NamedRun).run_id;
  throw new RunledgerError('run.ambiguous', `${word} is the start or the name of ${runs.length} runs`, { help: list('one of', runs) });
}

function unknownRun(database: Database, word: string): RunledgerError {
  const pattern = `%${word.replace(/[%_\\]/g, '\\$&')}%`;
  const similar = database
    .prepare<[string], NamedRun>("SELECT run_id, name, status FROM v1_runs WHERE name LIKE ? ESCAPE '\\' ORDER BY first_position DESC")
    .all(pattern);
  const newest = database.prepare<[], NamedRun>('SELECT run_id, name, status FROM v1_runs ORDER BY first_position DESC').all();
  if (newest.length === 0) {
    const help = 'this ledger has no runs yet; runledger train recipes/mnist-simple-cnn.yaml';
    return new RunledgerError('run.unknown', `no run is called ${word} or begins so`, { help });
  }
  const help = similar.length > 0 ? list('perhaps one of', similar) : list('the newest are', newest);
  return new RunledgerError('run.unknown', `no run is called ${word} or begins so`, { help });
}

/** One line a run, each with what may be pasted; the newest first. */
function list(heading: string, runs: NamedRun[]): string {
  const lines = runs.slice(0, mostListed).map(({ run_id, name, status }) => `${runReference(run_id)}  ${name ?? ''}  ${status}`.trimEnd());
  const more = runs.length - lines.length;
  return [heading, ...lines, ...(more > 0 ? [`and ${more} more: runledger runs --all --group none`] : [])].join('\n');
}
