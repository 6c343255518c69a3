// Mean and standard deviation over repeats, of the values that are there.

export interface Spread {
  /** Null where no value is there yet; NaN where one of them is. */
  mean: number | null;
  /** With n − 1; null for fewer than two values. */
  deviation: number | null;
}

export function spreadOf(values: (number | null)[]): Spread {
  const present = values.filter((value) => value !== null);
  const centre = mean(present);
  if (centre === null || present.length < 2) return { mean: centre, deviation: null };
  const squares = present.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  return { mean: centre, deviation: Math.sqrt(squares / (present.length - 1)) };
}

export function mean(values: (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}
