// `runledger rebuild`: folds the whole log into fresh read models and swaps them in. Others may go on writing meanwhile.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function rebuildCommand(context: CliContext): Command {
  return new Command('rebuild').description('make the read models anew from the log').action(() => rebuild(context));
}

async function rebuild(context: CliContext): Promise<void> {
  const { integer } = await import('../../../views/format/number.ts');
  const { duration } = await import('../../../views/format/time.ts');
  const { rebuildingLine } = await import('../screens/rebuilding.ts');
  const { withLedger } = await import('../withLedger.ts');
  const { ledgerFolder } = await import('../../ledger/folder.ts');
  const { err, out, host } = context;
  // Opening for writing would make a ledger where there is none.
  ledgerFolder(context.ledger, { create: false });
  const progress = await context.progress();
  const start = host.clock();
  const { events, unknown } = await withLedger(context, { write: true }, ({ readModels }) =>
    readModels.rebuild((done, total) => progress.show(() => [rebuildingLine(done, total, err)])),
  ).finally(() => progress.end());
  const strange = unknown === 0 ? '' : `, ${integer(unknown)} of unknown types kept aside`;
  out.line(`${out.paint.better('✓ rebuilt')}  ${integer(events)} events${strange} · ${duration((host.clock() - start) / 1000)}`);
}
