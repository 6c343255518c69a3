// The fixed orders in which long sums are cut and folded (docs/numerics.md, "Sample groups and folds").
// They are functions of the element count alone, so threads and vector widths cannot show in a result.

type Round = (x: number) => number;
/** Takes element i into a partial sum: `(sum, i) => round(sum + x[i])`. */
type Advance = (sum: number, i: number) => number;

/** Sum over i = 0 … count − 1 in four partials (i mod 4) from +0, folded as (p0 + p2) + (p1 + p3). */
export function fourPartials(count: number, advance: Advance, round: Round): number {
  const partials = [0, 0, 0, 0] as [number, number, number, number];
  for (let i = 0; i < count; i++) partials[i % 4] = advance(partials[i % 4]!, i);
  return round(round(partials[0] + partials[2]) + round(partials[1] + partials[3]));
}

/** Sixteen lanes folded by halves: 16 → 8 → 4 → 2 → 1, lane l + lane l + half. Overwrites `lanes`. */
export function foldLanes(lanes: Float64Array, round: Round): number {
  for (let half = 8; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) lanes[lane] = round(lanes[lane]! + lanes[lane + half]!);
  }
  return lanes[0]!;
}

/** Sum over i = 0 … count − 1, element i in lane i mod 16 from +0, lanes folded by halves. */
export function sixteenLanes(count: number, advance: Advance, round: Round): number {
  const lanes = new Float64Array(16);
  for (let i = 0; i < count; i++) lanes[i % 16] = advance(lanes[i % 16]!, i);
  return foldLanes(lanes, round);
}

/** Combines adjacent pairs, (v0, v1), (v2, v3), …, again and again until one is left. Needs 2^m values, m ≥ 0. */
export function pairTree<T>(values: readonly T[], combine: (a: T, b: T) => T): T {
  let level = values;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, pair) => combine(level[2 * pair]!, level[2 * pair + 1]!));
  }
  return level[0]!;
}
