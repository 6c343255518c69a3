// Integer powers without Math.pow, whose last bit depends on the engine.

/** base^exponent in double by square and multiply, from the lowest bit up; exponent an integer ≥ 0. powInt(x, 0) is 1. */
export function powInt(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
