// `runledger sweep`: a grid or an ablation, each trial an own run, side by side.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { gather, wholeNumber } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

interface SweepCommandOptions {
  workers?: number;
  set?: string[];
}

export function sweepCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('sweep')
    .description('train every trial of a sweep or an ablation')
    .argument('<file>', 'a sweep file: recipe, seeds, and grid or ablate')
    .option('--workers <n>', 'runs side by side (default: one a core)', wholeNumber(1))
    .option('--set <path=value>', 'change the recipe of every trial, e.g. epochs=3; may be repeated', gather)
    .action((path: string, options: SweepCommandOptions) => sweep(context, path, options, load));
}

async function sweep(context: CliContext, path: string, { workers, set = [] }: SweepCommandOptions, load: DataSetLoader): Promise<void> {
  const { readSweepFile } = await import('../../sweeps/file.ts');
  const { parseSetting } = await import('../../runs/recipes.ts');
  const { planSweep } = await import('../../sweeps/plan.ts');
  const { recordAbandoned } = await import('../../sweeps/abandoned.ts');
  const { withLedger } = await import('../withLedger.ts');
  const { createRecordingHost } = await import('../../runs/host.ts');
  const { followSweep, printSweep } = await import('../sweeping.ts');

  const plan = await planSweep(readSweepFile(path, set.map(parseSetting)), load);
  await withLedger(context, { write: true }, (ledger) =>
    context.interruptible(async (signal) => {
      const host = createRecordingHost(ledger, context.host.clock);
      await recordAbandoned(host);
      const { paint } = context.err;
      context.err.line(
        `${paint.bold(plan.file.name)}  ${paint.muted(`${plan.file.kind} · ${plan.trials.length} trials · validation accuracy`)}\n`,
      );
      const outcome = await followSweep(context, host, plan, { workers, signal });
      printSweep(context, ledger.database, plan, outcome);
      if (outcome.failed > 0) context.exitCode = 1;
    }),
  );
}
