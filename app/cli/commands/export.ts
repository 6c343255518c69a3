// `runledger export`: runs, or everything, in one archive that `import` takes over into another ledger.
import { resolve } from 'node:path';
import { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { RunledgerError } from '../../../trainer/errors.ts';
import type { CliContext } from '../context.ts';

interface ExportOptions {
  all: boolean;
  out: string;
  force: boolean;
}

export function exportCommand(context: CliContext): Command {
  return new Command('export')
    .description('write runs with their files into one archive, for another ledger')
    .argument('[run...]', 'names, or starts of ids')
    .option('--all', 'the whole ledger, sweeps and ablations too', false)
    .requiredOption('--out <file>', 'where to, e.g. runs.tar.zst')
    .option('--force', 'replace the file where there is one', false)
    .action((words: string[], options: ExportOptions) => exportRuns(context, words, options));
}

async function exportRuns(context: CliContext, words: string[], { all, out, force }: ExportOptions): Promise<void> {
  if (all === words.length > 0)
    throw new RunledgerError('usage', all ? '--all and single runs at once' : 'nothing to export', {
      help: 'runledger export <run…> --out …, or  --all',
    });
  const { withLedger } = await import('../withLedger.ts');
  const { exportLedger } = await import('../../ledger/transfer/export.ts');
  const { readRun } = await import('../withRuns.ts');
  const { findRun } = await import('../../runs/find.ts');
  const { headLine, transferProgress } = await import('../screens/transfer.ts');
  const { bytes, integer } = await import('../../../views/format/number.ts');
  const path = resolve(context.host.workingFolder, out);
  await withLedger(context, { write: false }, (ledger) =>
    context.interruptible(async (signal) => {
      const ids = all
        ? ledger.database.prepare<[], string>('SELECT run_id FROM v1_runs').pluck().all()
        : [...new Set(words.map((word) => findRun(ledger.database, word)))];
      const runs = await Promise.all(ids.map((runId) => readRun(ledger, runId)));
      const { paint, line } = context.err;
      for (const { name, status } of runs.filter(({ underWay }) => underWay))
        line(
          paint.warning(`! ${name} is ${status}: where it is taken over it will be found interrupted; export it again once it has ended`),
        );
      const progress = await transferProgress(context);
      const done = await exportLedger(ledger.folder, {
        runs: all ? null : ids,
        out: path,
        overwrite: force,
        version: packageJson.version,
        onProgress: progress.show,
        signal,
      }).finally(progress.end);
      const what = `${integer(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}, ${integer(done.events)} events, ${integer(done.files)} ${done.files === 1 ? 'file' : 'files'}`;
      context.out.line(`${context.out.paint.better('✓ exported')}  ${what} · ${bytes(done.archiveBytes)}`);
      context.out.line(path);
      context.out.line(headLine(done.head, context.out));
    }),
  );
}
