// Mean and squared deviations of many values from those of parts, without cancellation.
// Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", COMPSTAT 1982.

/** Of `count` values: mean, and the sum of squared deviations from it. Doubles. */
export interface Moments {
  count: number;
  mean: number;
  m2: number;
}

export const noMoments: Moments = { count: 0, mean: 0, m2: 0 };

/** Moments of both parts together; an empty part gives the other unchanged. The order of operations is part of docs/numerics.md. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    m2: a.m2 + b.m2 + (delta * delta * a.count * b.count) / count,
  };
}
