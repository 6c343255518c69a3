// How an error looks on the command line, and which exit code it has: 1 failed, 2 usage. Stack traces only with --debug.
import { CommanderError } from 'commander';
import { RunledgerError } from '../../trainer/errors.ts';
import { explain } from '../ledger/sqlite/codes.ts';
import type { Screen } from './terminal/screen.ts';

export type ExitCode = 0 | 1 | 2;

/** Anything thrown, as one of our errors. */
export function toRunledgerError(thrown: unknown): RunledgerError {
  if (thrown instanceof RunledgerError) return thrown;
  if (thrown instanceof CommanderError) return fromCommander(thrown);
  if (isSystemError(thrown))
    return new RunledgerError(`system.${thrown.code.toLowerCase()}`, thrown.message.replace(`${thrown.code}: `, ''), { cause: thrown });
  if (isStorageError(thrown)) {
    const [code, help] = explain(thrown.code);
    return new RunledgerError(code, `${thrown.message} (${thrown.code})`, { help, cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RunledgerError('internal', message, { help: 'run it again with --debug to see where', cause: thrown });
}

/** What the operating system refused, e.g. `EACCES`, `ENOSPC`: the message says it all, a stack nothing. */
const isSystemError = (thrown: unknown): thrown is Error & { code: string } =>
  thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string';

/** What SQLite refuses in the midst of reading: a damaged page, a folder in which nothing may be written. */
const isStorageError = (thrown: unknown): thrown is Error & { code: string } =>
  thrown instanceof Error && thrown.name === 'SqliteError' && 'code' in thrown && typeof thrown.code === 'string';

/** `error: unknown command 'trian'\n(Did you mean train?)` in our words. */
function fromCommander(error: CommanderError): RunledgerError {
  const text = error.message.replace(/^error: /, '').replace(/'([^']*)'/g, '`$1`');
  const [, message = text, meant, allowed] =
    /^(.*?)(?:\n\(Did you mean (?:one of )?(.*)\?\)|\. (Allowed choices are .*)\.)?$/s.exec(text) ?? [];
  const help = meant !== undefined ? `did you mean  ${meant}` : allowed !== undefined ? allowed.replace(/^A/, 'a') : 'runledger --help';
  return new RunledgerError('usage', message, { help, cause: error });
}

export const exitCodeOf = (error: RunledgerError): ExitCode => (error.code.split('.')[0] === 'usage' ? 2 : 1);

/**
 * ```text
 * error dataset.damaged  train-labels-idx1-ubyte is cut short: 60,008 bytes expected, 31,000 found
 *   /usr/share/datasets/fashion-mnist/train-labels-idx1-ubyte.gz
 * help  apt-get install --reinstall dataset-fashion-mnist
 * ```
 */
export function printError(error: RunledgerError, screen: Screen, debug: boolean): void {
  const { paint } = screen;
  screen.line(`${paint.worse(`error ${error.code}`)}  ${error.message}`);
  if (error.place !== undefined) for (const text of error.place.split('\n')) screen.line(`  ${paint.muted(text)}`);
  if (error.help !== undefined) {
    const [first, ...more] = error.help.split('\n');
    screen.line(`${paint.bold('help')}  ${first}`);
    for (const text of more) screen.line(`      ${text}`);
  }
  if (debug) for (let at: unknown = error; at instanceof Error; at = at.cause) screen.line(paint.muted(at.stack ?? String(at)));
}
