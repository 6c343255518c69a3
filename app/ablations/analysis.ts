// The statistics of an ablation: what each level reached over its seeds, and what differs between levels seed by seed.
// Pure functions over numbers; finding the runs is `groups.ts` and `queries.ts`, the words are `verdict.ts`.
import quantile from '@stdlib/stats-base-dists-t-quantile';

/** What one run reached: the metric of one level under one seed. */
export interface Observation {
  runId: string;
  seed: number;
  value: number;
}

export interface Summary {
  n: number;
  /** NaN for no observation. */
  mean: number;
  /** Sample standard deviation (n − 1); null for fewer than two. */
  sd: number | null;
}

export interface Pair {
  seed: number;
  /** Reference minus other, in the metric's own unit. */
  difference: number;
}

export interface Comparison {
  /** Observations of both levels under the same seed, by seed. */
  pairs: Pair[];
  mean: number;
  sd: number | null;
  /** 95 % paired t interval; null for fewer than two pairs. */
  interval: { low: number; high: number } | null;
  /** `too few` under five pairs, whatever the interval says. */
  evidence: 'too few' | 'higher' | 'lower' | 'undecided';
}

/** Below this many pairs an interval is shown but supports no conclusion. */
export const fewestPairs = 5;

/** Mean and sample standard deviation, in two passes. */
export function summarize(values: readonly number[]): Summary {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { n, mean, sd: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { n, mean, sd: Math.sqrt(squares / (n - 1)) };
}

/**
 * 95 % interval of a mean, Student's t with n − 1 degrees of freedom: mean ± t(0.975)·sd/√n.
 * Null where n < 2.
 */
export function meanInterval({ n, mean, sd }: Summary): { low: number; high: number } | null {
  if (sd === null) return null;
  const half = (quantile(0.975, n - 1) * sd) / Math.sqrt(n);
  return { low: mean - half, high: mean + half };
}

/**
 * Pairs two levels by seed and compares them, reference minus other. A seed that ran more than once enters with its first
 * observation: repeats of a recipe and a seed are the same run.
 */
export function comparePaired(reference: readonly Observation[], other: readonly Observation[]): Comparison {
  const others = firstBySeed(other);
  const pairs = [...firstBySeed(reference)]
    .filter(([seed]) => others.has(seed))
    .map(([seed, value]) => ({ seed, difference: value - (others.get(seed) as number) }))
    .sort((a, b) => a.seed - b.seed);
  const summary = summarize(pairs.map((pair) => pair.difference));
  const interval = meanInterval(summary);
  return { pairs, mean: summary.mean, sd: summary.sd, interval, evidence: weigh(pairs.length, interval) };
}

function weigh(pairs: number, interval: Comparison['interval']): Comparison['evidence'] {
  if (pairs < fewestPairs || interval === null) return 'too few';
  if (interval.low > 0) return 'higher';
  if (interval.high < 0) return 'lower';
  return 'undecided';
}

function firstBySeed(observations: readonly Observation[]): Map<number, number> {
  const values = new Map<number, number>();
  for (const { seed, value } of observations) if (!values.has(seed)) values.set(seed, value);
  return values;
}
