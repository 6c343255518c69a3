// Rectified linear unit: x < 0 ? 0 : x, so that NaN and −0 pass, as in PyTorch.
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** y of x, any shape. */
export function reluForward({ allocate }: Numbers, x: Values): Values {
  // biome-ignore lint/complexity/useMathMinMax: Math.max would turn −0 into +0.
  return allocate(x.length).map((_, i) => (x[i]! < 0 ? 0 : x[i]!));
}

/** dx of dy and x, all of one shape: the gradient passes where x is positive or NaN. */
export function reluBackward({ allocate }: Numbers, x: Values, dy: Values): Values {
  return allocate(x.length).map((_, i) => (x[i]! <= 0 ? 0 : dy[i]!));
}
