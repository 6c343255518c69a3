// Loaded before the victim in each of its threads (`node --import`): counts what its plan names and ends the process there. The product knows
// nothing of it.
import { writeSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { beginning, type KillPlan, variable } from './plan.ts';

const { place, at, when } = JSON.parse(process.env[variable] ?? '{}') as KillPlan;
const isLedgerThread = !isMainThread && typeof (workerData as { file?: unknown } | null)?.file === 'string';
let met = 0;

/** Does it, and dies there where it is the one that was meant. */
function meet<Result>(act: () => Result): Result {
  met += 1;
  if (met !== at) return act();
  if (when === 'before') process.kill(process.pid, 'SIGKILL');
  // The parent reads this while the act goes on.
  if (when === 'while') writeSync(1, `${beginning}\n`);
  const result = act();
  if (when === 'after') process.kill(process.pid, 'SIGKILL');
  return result;
}

type Method = (this: unknown, ...values: unknown[]) => unknown;

/** Puts a watched method in place of one. */
function watch(prototype: object, name: string, isMeant: (self: unknown, values: unknown[]) => boolean): void {
  const original = (prototype as Record<string, Method>)[name] as Method;
  const watched: Method = function (this: unknown, ...values) {
    return isMeant(this, values) ? meet(() => original.apply(this, values)) : original.apply(this, values);
  };
  Object.defineProperty(prototype, name, { value: watched, configurable: true, writable: true });
}

if (isLedgerThread && place !== 'blob') {
  const database = new Database(':memory:');
  const statements = Object.getPrototypeOf(database.prepare('SELECT 1')) as object;
  const folds = /^(INSERT INTO|UPDATE) "(?!fresh_)/;
  if (place === 'commit') watch(Database.prototype, 'exec', (_, [sql]) => sql === 'COMMIT');
  if (place === 'projection') watch(statements, 'run', (self) => folds.test((self as Database.Statement).source));
  if (place === 'migration') {
    watch(Database.prototype, 'exec', () => true);
    watch(statements, 'run', () => true);
  }
  database.close();
}

if (isMainThread && place === 'blob') {
  const { rename } = promises;
  promises.rename = async (from, to) => {
    met += 1;
    if (met === at && when === 'before') process.kill(process.pid, 'SIGKILL');
    if (met === at && when === 'while') writeSync(1, `${beginning}\n`);
    await rename(from, to);
    // The blob is there, and no event names it yet.
    if (met === at && when === 'after') process.kill(process.pid, 'SIGKILL');
  };
  syncBuiltinESMExports();
}
