// Mean over windows, as torch.nn.AvgPool2d and AdaptiveAvgPool2d.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { forEachOutput, overlaps, type Pooling, window } from './windows.ts';

/** What one pixel of a window counts: 1 over what its mean divides by, rounded once. */
function share({ round }: Numbers, { rows, columns }: Pooling, oh: number, ow: number): number {
  return round(1 / (rows.divisors[oh]! * columns.divisors[ow]!));
}

/** y (N, OH, OW, C) of x (N, H, W, C): the window's values added in order from +0, times its share. */
export function avgPoolForward(numbers: Numbers, pooling: Pooling, batch: number, x: Values): Values {
  const [C, OH, OW] = pooling.output;
  const { round, allocate } = numbers;
  const y = allocate(batch * OH * OW * C);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const sum = window(pooling, n, oh, ow, c).reduce((total, place) => round(total + x[place]!), 0);
    y[at++] = round(sum * share(numbers, pooling, oh, ow));
  });
  return y;
}

/** dx (N, H, W, C) of dy (N, OH, OW, C): every element of a window gets dy times the share. Where windows overlap, these add in window order from +0. */
export function avgPoolBackward(numbers: Numbers, pooling: Pooling, batch: number, dy: Values): Values {
  const [C, H, W] = pooling.input;
  const { round, allocate } = numbers;
  const overlap = overlaps(pooling);
  const dx = allocate(batch * H * W * C);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const part = round(dy[at++]! * share(numbers, pooling, oh, ow));
    for (const place of window(pooling, n, oh, ow, c)) dx[place] = overlap ? round(dx[place]! + part) : part;
  });
  return dx;
}
