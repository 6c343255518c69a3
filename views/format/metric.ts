// Metrics of training: accuracies in %, their differences in points, losses, learning rates, p-values, means over repeats.
// Accuracies come in as shares from 0 to 1, as facts and views hold them.
import { exceptional, fixed, signed, type Value } from './number.ts';

/** A share as % with one decimal, the unit standing in the heading: 0.776 is `77.6`. */
export const accuracy = (share: Value): string => fixed(scale(share), 1);

/** `77.6 %`. */
export const percent = (share: Value): string => (share == null ? '' : `${accuracy(share)} %`);

/** A difference of shares in points: 0.013 is `+1.3`. */
export const points = (difference: Value): string => signed(scale(difference), 1);

/** `0.631`. */
export const loss = (value: Value): string => fixed(value, 3);

/** `−0.004`. */
export const lossDifference = (value: Value): string => signed(value, 3);

/** As written in the recipe: `0.05`, `0.00125`, `1e-7`. What a schedule computed loses the tail that binary fractions leave. */
export function learningRate(value: Value): string {
  if (value == null) return '';
  return exceptional(value) ?? String(Number(value.toPrecision(6)));
}

/** `< 0.001`, three decimals under 0.1, two above. */
export function pValue(value: Value): string {
  if (value == null) return '';
  if (value < 0.001) return '< 0.001';
  return fixed(value, value < 0.1 ? 3 : 2);
}

/** Mean over repeats with their sd at the same precision, `78.6 ± 0.3`; alone where there is no sd (a single run). */
export function withDeviation(mean: Value, deviation: Value, decimals: number): string {
  const first = fixed(mean, decimals);
  return first === '' || deviation == null ? first : `${first} ± ${fixed(deviation, decimals)}`;
}

/** The same of shares, in %. */
export const accuracyWithDeviation = (mean: Value, deviation: Value): string => withDeviation(scale(mean), scale(deviation), 1);

/** Of a difference: `+3.7 to +5.3`. */
export const interval = (low: number, high: number, decimals: number): string => `${signed(low, decimals)} to ${signed(high, decimals)}`;

/** Of a difference of shares, in points. */
export const pointsInterval = (low: number, high: number): string => interval(low * 100, high * 100, 1);

export type Direction = 'higher' | 'lower';

/** Which way a difference goes, as it is printed: under half of the last decimal it is `even`. NaN is `worse`. */
export function verdict(difference: number, decimals: number, betterWhen: Direction): 'better' | 'worse' | 'even' {
  if (Number.isNaN(difference)) return 'worse';
  if (Number(difference.toFixed(decimals)) === 0) return 'even';
  return difference > 0 === (betterWhen === 'higher') ? 'better' : 'worse';
}

/** A metric column and its companion `<name>_state` of the published views, as one number: SQLite turns NaN into NULL. */
export function fromState(value: number | null, state: string | null): number | null {
  if (state === 'nan') return Number.NaN;
  if (state === 'inf') return Number.POSITIVE_INFINITY;
  if (state === '-inf') return Number.NEGATIVE_INFINITY;
  return value;
}

const scale = (share: Value): Value => (share == null ? share : share * 100);
