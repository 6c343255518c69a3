// What was measured of a run afterwards, as its page shows it: each thing at the newest of its epochs, and how the numbers of the whole went.
import { type MeasuredTable, measuredTable } from '../../runs/measuredTable.ts';
import { type Measurement, type MeasurementQueries, thingKey } from '../../runs/measurements.ts';

export interface MeasuredPart extends Pick<Measurement, 'metric' | 'part' | 'settings' | 'epoch'> {
  /** At the newest epoch. */
  table: MeasuredTable;
  /** Epochs measured, and each number of the whole at them. */
  epochs: number[];
  courses: ReadonlyMap<string, (number | null)[]>;
}

export function readMeasured(queries: MeasurementQueries, runId: string): MeasuredPart[] {
  const things = Map.groupBy(queries.of(runId), thingKey);
  return [...things.values()].map((course) => {
    const { metric, part, settings, epoch, values } = course.at(-1)!;
    const table = measuredTable({ values });
    const courses = new Map(table.whole.map(([name]) => [name, course.map((at) => at.values.get(name) ?? null)]));
    return { metric, part, settings, epoch, table, epochs: course.map((at) => at.epoch), courses };
  });
}
