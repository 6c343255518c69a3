// Gaussian error linear unit, as torch.nn.GELU without approximation: x·Φ(x). The slope is Φ(x) + x·φ(x).
// At −∞ the value is NaN, at ±∞ the slope is: 0·∞, as in PyTorch.
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** y of x, any shape. */
export function geluForward({ round, normal, allocate }: Numbers, x: Values): Values {
  return allocate(x.length).map((_, i) => round(x[i]! * normal(x[i]!).cumulative));
}

/** dx of dy and x, all of one shape. */
export function geluBackward({ round, madd, normal, allocate }: Numbers, x: Values, dy: Values): Values {
  return allocate(x.length).map((_, i) => {
    const { cumulative, density } = normal(x[i]!);
    return round(dy[i]! * madd(x[i]!, density, cumulative));
  });
}
