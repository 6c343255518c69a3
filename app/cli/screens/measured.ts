// Metrics after the fact in the terminal: a table a metric at one epoch, and where it was measured at several, how each number went.

import type { Progress } from '../../../trainer/index.ts';
import { measuredHeading, measuredNumber, measuredSettings, measuredUnit } from '../../../views/format/measured.ts';
import { integer } from '../../../views/format/number.ts';
import { sparkline } from '../../../views/format/sparkline.ts';
import { measuredTable } from '../../runs/measuredTable.ts';
import { type Measurement, splitName, thingKey } from '../../runs/measurements.ts';
import type { RawCell } from '../raw.ts';
import { bar } from '../terminal/bar.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';

type Width = Pick<Screen, 'width' | 'paint'>;

/** `measurements` by metric, part and settings, then by epoch. */
export function measuredReport(measurements: readonly Measurement[], screen: Width): string[] {
  const things = [...Map.groupBy(measurements, thingKey).values()];
  return things.flatMap((course, i) => [
    ...(i === 0 ? [] : ['']),
    ...(course.length === 1 ? atOneEpoch(course[0]!, screen) : overEpochs(course, screen)),
  ]);
}

function heading({ metric, part, settings }: Measurement, epochs: string, { bold, muted }: Paint): string {
  const under = measuredSettings(settings);
  return `${bold(metric)}  ${muted([part, epochs, ...(under === '' ? [] : [under])].join(' · '))}`;
}

function atOneEpoch(measurement: Measurement, screen: Width): string[] {
  const { metric, epoch } = measurement;
  const { whole, columns, rows } = measuredTable(measurement);
  const name = { title: '', cell: ({ name: of }: { name: string }) => of, shrinks: true };
  const wholeWidth = Math.max(0, ...whole.map(([of]) => of.length));
  return [
    heading(measurement, `epoch ${epoch}`, screen.paint),
    ...whole.map(([of, value]) => `${of.padEnd(wholeWidth)}  ${measuredNumber(metric, of, value).padStart(6)}${measuredUnit(metric, of)}`),
    ...(rows.length === 0
      ? []
      : table(
          rows,
          [
            name,
            ...columns.map(
              (column, i): Column<(typeof rows)[number]> => ({
                title: measuredHeading(metric, column),
                cell: ({ cells }) => measuredNumber(metric, column, cells[i]),
                align: 'right',
              }),
            ),
          ],
          screen,
        )),
  ];
}

interface Course {
  name: string;
  values: (number | null)[];
}

/** Numbers of the state as a whole where it has such, else all. */
function overEpochs(course: readonly Measurement[], screen: Width): string[] {
  const [first, last] = [course[0]!, course.at(-1)!];
  const { metric } = last;
  const names = [...new Set(course.flatMap(({ values }) => [...values.keys()]))];
  const whole = names.filter((name) => splitName(name).what === '');
  const rows = (whole.length > 0 ? whole : names).map(
    (name): Course => ({ name, values: course.map(({ values }) => values.get(name) ?? null) }),
  );
  const printed = (name: string, value: number | null | undefined): string => {
    const { of, what } = splitName(name);
    return value == null ? '' : measuredNumber(metric, what || of, value) + measuredUnit(metric, what || of);
  };
  return [
    heading(last, `${course.length} epochs`, screen.paint),
    ...table(
      rows,
      [
        { title: '', cell: ({ name }) => name, shrinks: 'middle' },
        { title: `epoch ${first.epoch}`, cell: ({ name, values }) => printed(name, values[0]), align: 'right' },
        { title: `epoch ${last.epoch}`, cell: ({ name, values }) => printed(name, values.at(-1)), align: 'right' },
        { title: 'course', cell: ({ values }) => sparkline(values, { columns: 30 }) },
      ],
      screen,
    ),
  ];
}

/** One row a number, for other programs. */
export function rawMeasurements(runId: string, measurements: readonly Measurement[]): { columns: string[]; rows: RawCell[][] } {
  return {
    columns: ['run_id', 'metric', 'part', 'settings', 'epoch', 'name', 'value'],
    rows: measurements.flatMap(({ metric, part, settings, epoch, values }) =>
      [...values].map(([name, value]) => [runId, metric, part, JSON.stringify(settings), epoch, name, value]),
    ),
  };
}

/** What changes in place while it is measured. */
export interface Measuring {
  /** Of how many epochs how many are done. */
  done: number;
  epochs: number;
  /** The epoch under way. */
  epoch: number;
  /** What is being looked at; null before, while the state is made. */
  metric: string | null;
  /** Of this epoch, from 0 to 1. */
  share: number;
  /** Where epochs are trained again, how far that is. */
  training: Progress | null;
}

export function measuringLine({ done, epochs, epoch, metric, share, training }: Measuring, { paint }: Pick<Screen, 'paint'>): string {
  const filled = bar((done + share) / epochs, 30, paint);
  const what = metric === null ? (training === null ? 'getting ready' : trainingWords(training)) : `${metric} at epoch ${epoch}`;
  return `${filled}  ${epochs === 1 ? '' : `${done}/${epochs} epochs  `}${paint.muted(what)}`;
}

const trainingWords = ({ epoch, step, stepsPerEpoch }: Progress): string =>
  `training again, epoch ${epoch}  step ${integer(step - (epoch - 1) * stepsPerEpoch)}/${integer(stepsPerEpoch)}`;
