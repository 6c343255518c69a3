// Order statistics of a column of channels: what a band of quartiles is drawn from.

export interface Quantiles {
  min: number;
  lower: number;
  median: number;
  upper: number;
  max: number;
}

/** Of the finite values, interpolated linearly between neighbours; null where there is none. */
export function quantiles(values: readonly number[]): Quantiles | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below]! + (place - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
  };
  return { min: sorted[0]!, lower: at(0.25), median: at(0.5), upper: at(0.75), max: sorted.at(-1)! };
}
