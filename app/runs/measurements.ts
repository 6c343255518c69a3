// What was measured of a run after the fact, read back: one entry a metric, part, settings and epoch, the newest where it was measured twice.
import type { Database } from 'better-sqlite3';
import { fromState } from '../../views/format/metric.ts';
import { decodeJson, encodeJson } from '../ledger/json.ts';
import type { Json } from '../ledger/ports.ts';

export interface Measurement {
  metric: string;
  epoch: number;
  part: string;
  settings: Json;
  /** By what they are of: classes and layers in the order in which the run has them, all else by name. */
  values: ReadonlyMap<string, number>;
}

/** What is measured, at whatever epoch. */
export type MeasuredThing = Pick<Measurement, 'metric' | 'part'> & { settings: object | Json };

/** One text for one thing: measurements that share it are a course over epochs. */
export const thingKey = ({ metric, part, settings }: MeasuredThing): string => `${metric} ${part} ${encodeJson(settings as Json)}`;

/** What tells a run's measurements apart. */
export const measurementKey = (of: MeasuredThing & { epoch: number }): string => `${thingKey(of)} ${of.epoch}`;

export interface MeasurementQueries {
  /** By metric, part and settings, then by epoch. */
  of(runId: string): Measurement[];
}

interface Row {
  metric: string;
  epoch: number;
  part: string;
  settings: string;
  name: string;
  value: number | null;
  value_state: string;
}

export function measurementQueries(database: Database): MeasurementQueries {
  const rows = database.prepare<[string], Row>(
    `SELECT metric, epoch, part, settings, name, value, value_state FROM v1_metrics
     WHERE run_id = ? ORDER BY metric, part, settings, epoch, position`,
  );
  const layers = database.prepare<[string], string>('SELECT layer FROM v1_layers WHERE run_id = ? ORDER BY ordinal').pluck();
  const classes = database
    .prepare<[string, string], string>(
      `SELECT true_name FROM v1_confusion WHERE run_id = ? AND epoch = (SELECT min(epoch) FROM v1_epochs WHERE run_id = ?)
       GROUP BY true_class ORDER BY true_class`,
    )
    .pluck();
  return {
    of(runId) {
      const found = new Map<string, { of: Omit<Measurement, 'values'>; values: [string, number][] }>();
      for (const { metric, epoch, part, settings, name, value, value_state } of rows.all(runId)) {
        const of = { metric, epoch, part, settings: decodeJson(settings) };
        const key = measurementKey(of);
        const known = found.get(key) ?? { of, values: [] };
        found.set(key, known);
        known.values.push([name, fromState(value, value_state) as number]);
      }
      if (found.size === 0) return [];
      const order = [...layers.all(runId), ...classes.all(runId, runId)];
      return [...found.values()].map(({ of, values }) => ({ ...of, values: inOrder(values, order) }));
    },
  };
}

/** Names that the order knows stand as it says, others behind them by themselves. */
function inOrder(values: readonly [string, number][], order: readonly string[]): Map<string, number> {
  const places = new Map(order.map((name, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? places.get(splitName(name).of) ?? order.length;
  return new Map([...values].sort(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1)));
}

/** `residual.1/conv2d.1/mean` is the `mean` of `residual.1/conv2d.1`; a name without a slash is of the state as a whole, or of a class. */
export function splitName(name: string): { of: string; what: string } {
  const slash = name.lastIndexOf('/');
  return slash < 0 ? { of: name, what: '' } : { of: name.slice(0, slash), what: name.slice(slash + 1) };
}
