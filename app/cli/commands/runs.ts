// `runledger runs`: the table of runs, repeats folded.
import { Command, Option } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import { runStatuses, type Status } from '../../../views/format/status.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { RunGroup, RunRow } from '../../runs/table.ts';
import type { CliContext } from '../context.ts';
import { atOption, type Format, formats } from '../options.ts';

interface RunsOptions {
  where: string;
  status?: Status;
  archived: boolean;
  bytes: boolean;
  base?: string;
  at?: number;
  group: 'repeats' | 'none';
  all: boolean;
  format: Format;
}

const rowsShown = 20;

export function runsCommand(context: CliContext): Command {
  return new Command('runs')
    .description('table of runs, the newest first')
    .option('--where <filter>', "which runs: 'dataset = mnist and status = completed', tag = …, or a text in the name", '')
    .addOption(new Option('--status <status>', 'only runs in this state').choices(runStatuses))
    .option('--archived', 'the archived runs, which are left out otherwise', false)
    .option('--bytes', 'what each takes: events and checkpoints', false)
    .option('--base <run>', 'what Δ compares with')
    .addOption(new Option('--group <how>', 'repeats of a configuration in one row, or not').choices(['repeats', 'none']).default('repeats'))
    .option('--all', `all rows, not only the first ${rowsShown}`, false)
    .addOption(atOption())
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
    .action((options: RunsOptions) => runs(context, options));
}

async function runs(context: CliContext, options: RunsOptions): Promise<void> {
  const { withLedger } = await import('../withLedger.ts');
  const { parseFilter } = await import('../../runs/filter.ts');
  const { livingStatus } = await import('../../runs/living.ts');
  const { findRunAt, momentLine, readingAt } = await import('../asOf.ts');
  const { foldRepeats, readRuns, unfolded } = await import('../../runs/table.ts');
  const filter = parseFilter(options.where);
  await withLedger(context, { write: false }, async (ledger) => {
    const reading = readingAt(ledger, options.at);
    const { database, moment } = reading;
    const read = readRuns(database, options);
    // Who was under way in the past was alive then.
    const now = async (row: RunRow) => ({ ...row, status: await livingStatus(ledger.leases, row.runId, row.status) });
    const all = moment === null ? await Promise.all(read.map(now)) : read;
    const matching = all.filter((run) => filter(run) && (options.status === undefined || run.status === options.status));
    const rows = options.bytes ? await withBytes({ ...ledger, database }, matching) : matching;
    const groups = options.group === 'none' ? unfolded(rows) : foldRepeats(rows);
    const baseId = options.base === undefined ? null : findRunAt(ledger.database, reading, options.base);
    const base = baseId === null ? null : holding(groups, baseId);
    if (options.format === 'table') for (const line of momentLine(moment, context.out)) context.out.line(line);
    await print(context, options, { rows, groups, base, now: moment === null ? context.host.clock() : Date.parse(moment.recordedAt) });
  });
}

async function withBytes(ledger: Ledger, rows: RunRow[]): Promise<RunRow[]> {
  const { bytesOfRuns } = await import('../../runs/bytes.ts');
  const { blobSizes } = await import('../../runs/giveUp.ts');
  const bytes = bytesOfRuns(ledger.database, await blobSizes(ledger));
  return rows.map((row) => ({ ...row, bytes: bytes.get(row.runId) ?? null }));
}

function holding(groups: readonly RunGroup[], runId: string): RunGroup {
  const group = groups.find(({ runs: members }) => members.some((run) => run.runId === runId));
  if (group !== undefined) return group;
  throw new RunledgerError('usage', 'the run of --base is not among the rows', { help: 'leave out --where, or widen it' });
}

function emptiness({ where, status, archived }: RunsOptions): string {
  if (where !== '') return `no run matches  ${where}`;
  if (status !== undefined) return `no run is ${status}`;
  return archived ? 'no run is archived' : 'no runs yet; runledger train recipes/mnist-simple-cnn.yaml';
}

interface Printed {
  rows: RunRow[];
  groups: RunGroup[];
  base: RunGroup | null;
  /** What ages are counted up to. */
  now: number;
}

async function print(context: CliContext, options: RunsOptions, { rows, groups, base, now }: Printed): Promise<void> {
  const { out } = context;
  const { rawRuns, runsTable } = await import('../screens/runs.ts');
  if (options.format !== 'table') {
    const { toCsv, toJson } = await import('../raw.ts');
    const raw = rawRuns(groups);
    out.line(options.format === 'csv' ? toCsv(raw.columns, raw.rows) : toJson(raw.columns, raw.rows));
    return;
  }
  if (rows.length === 0) {
    out.line(emptiness(options));
    return;
  }
  const shown = options.all ? groups : groups.slice(0, rowsShown);
  for (const line of runsTable(shown, base, now, out)) out.line(line);
  const count = shown.length === groups.length ? `${groups.length}` : `${shown.length} of ${groups.length}`;
  const hints = [...(shown.length < groups.length ? ['--all'] : []), ...(options.group === 'none' ? [] : ['--group none']), '--format csv'];
  out.line(
    out.paint.muted(
      `${count} ${groups.length === 1 ? 'row' : 'rows'}, ${rows.length} ${rows.length === 1 ? 'run' : 'runs'} · ${hints.join(' · ')}`,
    ),
  );
}
