// The course of a learning rate as a line: from its recorded changes, and from what steps and epochs measured where it moves in between.
import { learningRate } from '../../views/format/metric.ts';
import type { EpochPoint, RateChange, StepPoint } from '../web/queries/history.ts';
import type { LinePlot } from './lines.ts';

/** What is known of one run's rate. */
export interface RateRecord {
  changes: readonly RateChange[];
  points: readonly EpochPoint[];
  /** Empty where epochs are many. */
  steps: readonly StepPoint[];
  stepsPerEpoch: number;
}

export interface RateCurve {
  /** In epochs. */
  points: (readonly [at: number, rate: number])[];
  /** Holds from point to point; else it moves in a line between them. */
  stepped: boolean;
  newest: number | null;
}

export const startOf = ({ step }: RateChange, stepsPerEpoch: number): number => (step - 1) / Math.max(1, stepsPerEpoch);

/** Rates of steps are binary32. */
const same = (a: number, b: number): boolean => a === b || Math.fround(a) === Math.fround(b);

export function rateCurve(record: RateRecord): RateCurve {
  const { changes, points, steps, stepsPerEpoch } = record;
  const ends: (readonly [at: number, rate: number])[] = [...steps, ...points.map((point) => ({ ...point, at: point.epoch }))]
    .flatMap(({ at, learningRate }) => (learningRate === null ? [] : [[at, learningRate] as const]))
    .sort(([a], [b]) => a - b);
  const at = (change: RateChange) => startOf(change, stepsPerEpoch);
  // What is measured at the end of a step belongs to the change before it.
  const holding = (place: number) => changes.findLast((change) => at(change) < place);
  const moves = ends.some(([place, rate]) => {
    const change = holding(place);
    return change !== undefined && !same(rate, change.to);
  });
  const stepped = changes.map((change) => [at(change), change.to] as const);
  const newest = changes.at(-1);
  if (!moves) {
    const reached = ends.at(-1)?.[0] ?? 0;
    if (newest !== undefined && reached > at(newest)) stepped.push([reached, newest.to]);
    return { points: stepped, stepped: true, newest: newest?.to ?? null };
  }
  const leaps = changes.flatMap((change) => [
    ...(change.from === null ? [] : [[at(change), change.from] as const]),
    [at(change), change.to] as const,
  ]);
  // Sorting keeps the order of equals: a step's end, then the leap to what comes after it.
  const line = [...ends.filter(([place]) => holding(place) !== undefined), ...leaps].sort(([a], [b]) => a - b);
  return { points: line, stepped: false, newest: line.at(-1)![1] };
}

/** Printed where the line ends; a rate that moves in as many digits as there is room for. */
export function rateLabel({ stepped, newest }: RateCurve): string | undefined {
  if (newest === null) return undefined;
  return learningRate(stepped ? newest : Number(newest.toPrecision(3)));
}

/** The scale of rates: logarithmic where they stand in steps far apart; a line that moves, or comes to 0, is drawn from 0. */
export function rateScale(curves: readonly RateCurve[]): Pick<LinePlot['y'], 'scale' | 'range'> {
  const rates = curves.flatMap(({ points }) => points.map(([, rate]) => rate));
  const apart = rates.length > 0 && Math.max(...rates) / Math.min(...rates) >= 10;
  if (apart && rates.every((rate) => rate > 0) && curves.every(({ stepped }) => stepped)) return { scale: 'log' };
  return { scale: 'linear', range: [0, Math.max(...rates, 1e-9)] };
}
