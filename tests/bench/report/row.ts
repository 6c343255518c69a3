// One line of the table: what was measured, against what, and whether that is what we aim for. A row that could not be measured has a
// reason and no number.
import type { Summary } from '../measure/statistics.ts';

export interface Quantity {
  value: number;
  unit: Unit;
}

export type Unit = 'images/s' | 'events/s' | 'GFLOP/s' | 'x' | '%' | 'MB' | 'ms' | 's';

export interface Row {
  /** Stable name, e.g. `train.seed.pytorch`. */
  id: string;
  what: string;
  /** Null where it was not measured. */
  measured: Quantity | null;
  against: (Quantity & { name: string }) | null;
  /** What the target is about; where there is none, `measured` is. */
  ratio: Quantity | null;
  /** Null where the row is for information only. */
  target: Target | null;
  /** Why there is no number, or what must be known to read it. */
  note: string | null;
  /** Behind the numbers, by contender. */
  samples: { [name: string]: Summary };
}

export type Target = { atLeast: number } | { atMost: number };

/** A row without a number. */
export function notMeasured(id: string, what: string, target: Target | null, note: string): Row {
  return { id, what, measured: null, against: null, ratio: null, target, note, samples: {} };
}

/** Null where nothing was measured or nothing is aimed for. */
export function isMet({ measured, ratio, target }: Row): boolean | null {
  const score = ratio ?? measured;
  if (target === null || score === null) return null;
  return 'atLeast' in target ? score.value >= target.atLeast : score.value <= target.atMost;
}
