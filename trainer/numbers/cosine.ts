// Cosines of parts of a half turn in double, without Math.cos, whose last bit depends on the engine: for schedules (docs/numerics.md, "Schedules").
// The argument is counted in half turns, so that reducing it is exact: π comes in once, at the end, for an angle of at most an eighth of a turn.

/** Taylor series in y², |y| ≤ π/4: what is left out is below 2^−58 of the value. Highest power first, down to y². */
const COSINE = [16, 14, 12, 10, 8, 6, 4, 2].map((n) => term(n, n / 2));
const SINE = [17, 15, 13, 11, 9, 7, 5, 3].map((n) => term(n, (n - 1) / 2));

/** 1/n!, negative where `place` in the series is odd. Factorials up to 17! are exact. */
function term(n: number, place: number): number {
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return (place % 2 === 0 ? 1 : -1) / factorial;
}

function series(coefficients: readonly number[], square: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = (sum + coefficient) * square;
  return 1 + sum;
}

/** cos(π·x) of a finite x, within a few units in the last place; exact at every half: 1, 0, −1, 0. */
export function cosPi(x: number): number {
  // Remainder and differences are exact.
  const turn = Math.abs(x) % 2;
  const folded = turn > 1 ? 2 - turn : turn;
  const [angle, sign] = folded > 0.5 ? [1 - folded, -1] : [folded, 1];
  if (angle > 0.25) {
    const y = Math.PI * (0.5 - angle);
    return sign * y * series(SINE, y * y);
  }
  const y = Math.PI * angle;
  return sign * series(COSINE, y * y);
}

/** (1 + cos(π·x))/2, what cosine schedules fall by, as the square of a cosine: no digits cancel where it is nearly 0. */
export function cosineShare(x: number): number {
  const half = cosPi(x / 2);
  return half * half;
}
