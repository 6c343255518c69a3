// `runledger measure`: metrics of a run after the fact, at any epoch, recorded behind the run. What is known already is not measured again.
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { Part } from '../../../trainer/index.ts';
import type { Measurement } from '../../runs/measurements.ts';
import type { CliContext } from '../context.ts';
import { type Format, formats, gather, threadCount, wholeNumber } from '../options.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

interface MeasureOptions {
  metric?: string[];
  epoch?: number;
  every?: true;
  part: Part;
  augment?: string;
  threads?: number;
  format: Format;
}

export function measureCommand(context: CliContext, load: DataSetLoader = loadKnown): Command {
  return new Command('measure')
    .description('metrics of a run after the fact, at any or every epoch; an epoch whose state was not kept is trained again')
    .argument('[run]', 'its name, or the start of its id (four digits or more)')
    .option('--metric <name>', 'what to measure; may be repeated; `list` says what there is', gather)
    .addOption(new Option('--epoch <n>', 'at the end of which epoch (default: the last)').argParser(wholeNumber(1)).conflicts('every'))
    .option('--every', 'at the end of every epoch')
    .addOption(new Option('--part <part>', 'of the data').choices(['train', 'validation', 'test']).default('validation'))
    .option('--augment <policy>', "for loss: another augmentation than the recipe's, as in a recipe, e.g. '[horizontalFlip]'")
    .option('--threads <n>', 'threads (default: one a core); they change no bit', threadCount)
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
    .action((run: string | undefined, options: MeasureOptions) => measure(context, run, options, load));
}

async function measure(context: CliContext, word: string | undefined, options: MeasureOptions, load: DataSetLoader): Promise<void> {
  const metrics = options.metric ?? [];
  if (metrics.includes('list')) return list(context);
  if (word === undefined) throw new RunledgerError('usage', 'measure needs a run', { help: 'runledger measure <run> --metric list' });
  if (metrics.length === 0)
    throw new RunledgerError('usage', 'measure needs a metric', { help: `runledger measure ${word} --metric list` });
  const { withExistingLedger } = await import('../withLedger.ts');
  const { findRun } = await import('../../runs/find.ts');
  const { planMeasuring } = await import('../../runs/measure.ts');
  const { measurementQueries, measurementKey } = await import('../../runs/measurements.ts');
  const { parseSetting } = await import('../../runs/recipes.ts');
  const augment =
    options.augment === undefined ? undefined : { ...parseSetting(`augment=${options.augment}`), place: `--augment ${options.augment}` };
  await withExistingLedger(context, async (ledger) => {
    const runId = findRun(ledger.database, word);
    const epochs = options.every ? 'every' : options.epoch;
    const plan = await planMeasuring({ ledger }, { runId, metrics, epochs, part: options.part, augment });
    tellKnown(context, plan.known);
    const wanted = new Set(plan.epochs.flatMap((epoch) => plan.tasks.map((task) => measurementKey({ ...task, epoch }))));
    try {
      if (plan.missing.length > 0) {
        const { followMeasuring } = await import('../measuring.ts');
        await followMeasuring(context, ledger, plan, options.threads ?? availableParallelism(), load);
      }
    } finally {
      // What is done is kept, and shown, also where Ctrl-C or an error came before the rest.
      const found = measurementQueries(ledger.database).of(runId);
      await print(
        context,
        runId,
        found.filter((measurement) => wanted.has(measurementKey(measurement))),
        options.format,
      );
    }
  });
}

async function list({ out }: CliContext): Promise<void> {
  const { describeMetrics } = await import('../../../trainer/index.ts');
  const { table } = await import('../terminal/table.ts');
  const columns = [
    { title: 'metric', cell: ({ name }: { name: string }) => name },
    { title: 'what it says', cell: ({ description }: { description: string }) => description, shrinks: true },
  ];
  for (const line of table(await describeMetrics(), columns, out)) out.line(line);
}

function tellKnown({ err }: CliContext, known: readonly Measurement[]): void {
  const metrics = Map.groupBy(known, ({ metric }) => metric);
  for (const [metric, of] of metrics) {
    const epochs = of.length === 1 ? `epoch ${of[0]!.epoch}` : `${of.length} epochs`;
    err.line(err.paint.muted(`${metric} of ${epochs} is known already and not measured again`));
  }
}

async function print({ out }: CliContext, runId: string, measurements: readonly Measurement[], format: Format): Promise<void> {
  const { measuredReport, rawMeasurements } = await import('../screens/measured.ts');
  if (format === 'table') {
    for (const line of measuredReport(measurements, out)) out.line(line);
    return;
  }
  const { toCsv, toJson } = await import('../raw.ts');
  const { columns, rows } = rawMeasurements(runId, measurements);
  out.line(format === 'csv' ? toCsv(columns, rows) : toJson(columns, rows));
}
