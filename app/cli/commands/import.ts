// `runledger import`: takes over what `export` wrote, all of it or nothing. Makes the ledger where there is none.
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../options.ts';

interface ImportOptions {
  asCopy: boolean;
  limit: number;
}

/** Of what an archive may unpack to, in GB. */
const usualLimit = 64;

export function importCommand(context: CliContext): Command {
  return new Command('import')
    .description('take over what `export` wrote; all of it or nothing, and nothing twice')
    .argument('<file>', 'an archive of runledger export')
    .option('--as-copy', 'runs that went another way here come in under an id of their own', false)
    .option('--limit <GB>', 'refuse what unpacks to more', wholeNumber(1), usualLimit)
    .action((file: string, options: ImportOptions) => importFile(context, file, options));
}

async function importFile(context: CliContext, file: string, { asCopy, limit }: ImportOptions): Promise<void> {
  const { checkSeal } = await import('../../ledger/transfer/sealed.ts');
  const { withLedger } = await import('../withLedger.ts');
  const { headLine, transferProgress } = await import('../screens/transfer.ts');
  const { runReference } = await import('../../../views/format/identity.ts');
  const { bytes, integer } = await import('../../../views/format/number.ts');
  const path = resolve(context.host.workingFolder, file);
  // Before a ledger is made for it.
  await checkSeal(path);
  await withLedger(context, { write: true }, async (ledger) => {
    const progress = await transferProgress(context);
    const done = await ledger
      .importExport({ path, asCopy, mostBytes: limit * 1e9 }, (read, size) => progress.show('bytes', read, size))
      .finally(progress.end);
    const { out } = context;
    const found = `${integer(done.streams)} ${done.streams === 1 ? 'stream' : 'streams'} of the archive`;
    if (done.events + done.files === 0) out.line(`nothing new: ${found}, and all of it is here already`);
    else {
      const files = done.files === 0 ? '' : `, ${integer(done.files)} ${done.files === 1 ? 'file' : 'files'} of ${bytes(done.fileBytes)}`;
      out.line(`${out.paint.better('✓ imported')}  ${integer(done.events)} events${files} · ${found}, ${integer(done.known)} known before`);
    }
    for (const { from, to } of done.copies)
      out.line(`${runReference(from)}  went another way here, and came in as ${out.paint.bold(runReference(to))}`);
    out.line(headLine(done.head, out));
  });
}
