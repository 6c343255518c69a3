// The few statistics that figures are told with. Medians compare, bests say what was possible, samples are kept so that both can be judged.

export interface Summary {
  median: number;
  best: number;
  samples: number[];
}

/** Middle of the sorted values, mean of the two middle ones for an even number; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `best` says whether more is better, as for rates, or less, as for times. */
export function summarize(samples: readonly number[], best: 'most' | 'least' = 'most'): Summary {
  return { median: median(samples), best: best === 'most' ? Math.max(...samples) : Math.min(...samples), samples: [...samples] };
}
