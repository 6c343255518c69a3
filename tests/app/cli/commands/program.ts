// Runs one command as the program does, with a data set and a terminal of the test's own.
import type { Command } from 'commander';
import { type CliContext, createContext } from '../../../../app/cli/context.ts';
import { exitCodeOf, printError, toRunledgerError } from '../../../../app/cli/errors.ts';
import { type FakeHost, fakeHost } from '../fakeHost.ts';

export interface Ran {
  /** What went to stdout. */
  out: string;
  /** Progress, warnings and errors. */
  err: string;
  exitCode: number;
}

/** `started` is given the host before the command runs, to send signals. */
export async function runCommand(
  create: (context: CliContext) => Command,
  ledger: string,
  argv: string[],
  started: (host: FakeHost) => void = () => {},
): Promise<Ran> {
  const host = { ...fakeHost(), clock: Date.now };
  const context = createContext(host, () => ({ ledger, color: 'never', debug: false }));
  const command = create(context)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  started(host);
  let exitCode: number;
  try {
    await command.parseAsync(argv, { from: 'user' });
    exitCode = context.exitCode;
  } catch (thrown) {
    const error = toRunledgerError(thrown);
    printError(error, context.err, false);
    exitCode = exitCodeOf(error);
  }
  return { out: host.stdout.text(), err: host.stderr.text(), exitCode };
}
