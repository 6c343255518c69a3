// The table of runs in the terminal, and the same rows raw for other programs.

import { accuracyWithDeviation, learningRate, loss, points, verdict } from '../../../views/format/metric.ts';
import { bytes, integer } from '../../../views/format/number.ts';
import { sparkline } from '../../../views/format/sparkline.ts';
import { statusText, statusTone } from '../../../views/format/status.ts';
import { age, runTime } from '../../../views/format/time.ts';
import type { RunBytes } from '../../runs/bytes.ts';
import type { RunGroup } from '../../runs/table.ts';
import type { RawCell } from '../raw.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';
import { tinted } from './run-report.ts';

const curveColumns = 12;

/** `base` is the group that Δ compares with; null leaves the column out. */
export function runsTable(groups: readonly RunGroup[], base: RunGroup | null, now: number, screen: Screen): string[] {
  const { paint } = screen;
  const scale = curveScale(groups);
  const right = (title: string, cell: (group: RunGroup) => string, wide = false): Column<RunGroup> => ({
    title,
    cell,
    align: 'right',
    wide,
  });
  const columns: Column<RunGroup>[] = [
    { title: 'run', cell: (group) => nameOf(group), shrinks: 'middle' },
    { title: '', cell: ({ runs, newest }) => (runs.length > 1 ? `×${runs.length}` : paint.muted(newest.runId.slice(0, 8))) },
    { title: 'status', cell: ({ newest: { status } }) => paint[statusTone(status)](statusText(status)) },
    right('acc %', ({ accuracy: { mean, sd } }) => accuracyWithDeviation(mean, sd)),
    ...(base === null ? [] : [right('Δ', (group) => delta(group, base, paint))]),
    { title: 'curve', cell: ({ newest }) => sparkline(newest.curve, { ...scale, columns: curveColumns }), wide: true },
    right('loss', ({ newest }) => loss(newest.validationLoss), true),
    right('epoch', ({ newest: { epochs, epochsDone } }) => (epochs === epochsDone ? String(epochs) : `${epochsDone}/${epochs}`)),
    { title: 'lr', cell: ({ newest }) => learningRate(newest.learningRate), wide: true },
    { title: 'BN', cell: ({ newest }) => (newest.batchNorm ? 'on' : 'off'), wide: true },
    right('img/s', ({ newest }) => integer(newest.samplesPerSecond), true),
    ...(groups.some(({ runs }) => runs.some((run) => run.bytes !== null))
      ? [right('events', bytesOf('events')), right('files', bytesOf('blobs'))]
      : []),
    right('time', ({ newest }) => runTime(newest.seconds)),
    right('age', ({ newest }) => age(Date.parse(newest.queuedAt), now)),
  ];
  return table(groups, columns, screen);
}

/** Of all runs of a row together. */
const bytesOf =
  (what: keyof RunBytes) =>
  ({ runs }: RunGroup): string =>
    bytes(runs.reduce((sum, run) => sum + (run.bytes?.[what] ?? 0), 0));

/** A row's name: repeats share theirs without the seed, a single run says it in short. */
export function nameOf({ newest, runs }: RunGroup): string {
  return newest.name.replace(/ · seed (\d+)$/, runs.length > 1 ? '' : ' s$1');
}

function delta(group: RunGroup, base: RunGroup, paint: Screen['paint']): string {
  if (group === base) return paint.bold('base');
  const [now, then] = [group.accuracy.mean, base.accuracy.mean];
  if (now === null || then === null) return '';
  return tinted(points(now - then), verdict((now - then) * 100, 1, 'higher'), paint);
}

/** One scale for the whole column. */
function curveScale(groups: readonly RunGroup[]): { low?: number; high?: number } {
  const values = groups.flatMap(({ newest }) => newest.curve).filter((value): value is number => value !== null && Number.isFinite(value));
  return values.length === 0 ? {} : { low: Math.min(...values), high: Math.max(...values) };
}

/** Null where nobody asked for them. */
function rawBytes(runs: RunGroup['runs'], what: keyof RunBytes): number | null {
  return runs.reduce<number | null>((sum, run) => (run.bytes === null ? sum : (sum ?? 0) + run.bytes[what]), null);
}

type RawColumn = readonly [title: string, cell: (group: RunGroup) => RawCell];

/** One a group, full digits; names and values as in the view v1_runs, of the newest run where repeats are folded. */
const rawColumns: readonly RawColumn[] = [
  ['run_id', ({ newest }) => newest.runId],
  ['name', ({ newest }) => newest.name],
  ['repeats', ({ runs }) => runs.length],
  ['status', ({ newest }) => newest.status],
  ['dataset', ({ newest }) => newest.dataset],
  ['seed', ({ newest }) => newest.seed],
  ['val_accuracy', ({ accuracy: { mean } }) => mean],
  ['val_accuracy_sd', ({ accuracy: { sd } }) => sd],
  ['val_loss', ({ newest }) => newest.validationLoss],
  ['epochs_done', ({ newest }) => newest.epochsDone],
  ['epochs', ({ newest }) => newest.epochs],
  ['lr', ({ newest }) => newest.learningRate],
  ['batch_norm', ({ newest }) => Number(newest.batchNorm)],
  ['samples_per_second', ({ newest }) => newest.samplesPerSecond],
  ['seconds', ({ newest }) => newest.seconds],
  ['queued_at', ({ newest }) => newest.queuedAt],
  ['event_bytes', ({ runs }) => rawBytes(runs, 'events')],
  ['file_bytes', ({ runs }) => rawBytes(runs, 'blobs')],
  ['tags', ({ newest }) => newest.tags.join(',')],
];

export function rawRuns(groups: readonly RunGroup[]): { columns: string[]; rows: RawCell[][] } {
  return { columns: rawColumns.map(([title]) => title), rows: groups.map((group) => rawColumns.map(([, cell]) => cell(group))) };
}
