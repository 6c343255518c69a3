// `runledger backup`: a copy of the whole ledger as of one moment, also while runs are recorded. Any tar unpacks it into a ledger.
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function backupCommand(context: CliContext): Command {
  return new Command('backup')
    .description('copy the whole ledger into one archive, also while runs are recorded')
    .argument('<file>', 'where to, e.g. ledger.tar.zst')
    .option('--force', 'replace the file where there is one', false)
    .action((file: string, { force }: { force: boolean }) => backup(context, file, force));
}

async function backup(context: CliContext, file: string, overwrite: boolean): Promise<void> {
  const { backupLedger } = await import('../../ledger/transfer/backup.ts');
  const { headLine, transferProgress } = await import('../screens/transfer.ts');
  const { bytes, integer } = await import('../../../views/format/number.ts');
  const { out, host } = context;
  const path = resolve(host.workingFolder, file);
  const progress = await transferProgress(context);
  const done = await context
    .interruptible((signal) => backupLedger(context.ledger, { out: path, overwrite, onProgress: progress.show, signal }))
    .finally(progress.end);
  const files = `${integer(done.files)} ${done.files === 1 ? 'file' : 'files'} of ${bytes(done.fileBytes)}`;
  out.line(`${out.paint.better('✓ backed up')}  up to event ${integer(done.position)}, ${files} · ${bytes(done.archiveBytes)}`);
  out.line(path);
  out.line(headLine(done.head, out));
  out.line(out.paint.muted(`back into a folder of its own:  mkdir restored && tar --zstd -xf ${JSON.stringify(path)} -C restored`));
}
