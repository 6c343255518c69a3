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
  const { withExistingLedger } = await import('../withLedger.ts');
  const { err, out, host } = context;
  const progress = await context.progress();
  const start = host.clock();
  const { events, unknown } = await withExistingLedger(context, ({ readModels }) =>
    readModels.rebuild((done, total) => progress.show(() => [rebuildingLine(done, total, err)])),
  ).finally(() => progress.end());
  const strange = unknown === 0 ? '' : `, ${integer(unknown)} of unknown types kept aside`;
  out.line(`${out.paint.better('✓ rebuilt')}  ${integer(events)} events${strange} · ${duration((host.clock() - start) / 1000)}`);
}
