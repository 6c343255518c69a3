// Runs a user's query in a process of its own, which can be killed whatever it does. The only way that SQL of a user reaches a ledger.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';
import type { Answer, Question } from './child.ts';
import { defaultLimits, QueryError, type QueryLimits, type QueryResult } from './query.ts';

/** How long the process may take to start and open the ledger, on a machine whose cores all train. */
const startMs = 20_000;
const child = join(import.meta.dirname, 'child.ts');

/**
 * Answers one read-only statement over the published views.
 * Throws QueryError: `sql.syntax`, `sql.refused`, `sql.statements`, `sql.empty`, `sql.failed`, `sql.time`.
 */
export function runQuery(ledgerFolder: string, sql: string, limits: Partial<QueryLimits> = {}): Promise<QueryResult> {
  const { rows, bytes, milliseconds } = { ...defaultLimits, ...limits };
  return new Promise((resolve, reject) => {
    const sandbox = fork(child, {
      execArgv: ['--max-old-space-size=256'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      env: {},
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      sandbox.kill('SIGKILL');
      settle();
    };
    const outOfTime = (code: string, message: string, help: string) => () =>
      end(() => reject(new QueryError(code, message, help, null, sql)));
    let timer = setTimeout(
      outOfTime('sql.start', 'The process for queries did not start.', 'Try again when the machine is less busy'),
      startMs,
    );
    sandbox.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') {
        clearTimeout(timer);
        timer = setTimeout(
          outOfTime(
            'sql.time',
            `The query ran longer than ${milliseconds / 1000} s and was stopped.`,
            'Ask for less: a narrower WHERE, or a LIMIT inside',
          ),
          milliseconds,
        );
      } else if (answer.kind === 'result') end(() => resolve(answer.result));
      else end(() => reject(new QueryError(answer.code, answer.message, answer.help, answer.mistake, sql)));
    });
    sandbox.on('error', (error) => end(() => reject(processError(error))));
    sandbox.on('exit', () => end(() => reject(processError(undefined))));
    sandbox.send({ file: join(ledgerFolder, 'ledger.db'), sql, rows, bytes } satisfies Question);
  });
}

function processError(cause: Error | undefined): RunledgerError {
  return new RunledgerError('sql.process', 'The process for queries ended without an answer.', {
    help: 'Check that the ledger opens: runledger verify',
    cause,
  });
}
