// Maximum over windows, as torch.nn.MaxPool2d: padding never wins, NaN does.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { forEachOutput, overlaps, type Pooling, window } from './windows.ts';

export type { Pooling } from './windows.ts';

/** y (N, OH, OW, C) of x (N, H, W, C): −∞ where a window has no pixel. */
export function maxPoolForward({ allocate }: Numbers, pooling: Pooling, batch: number, x: Values): Values {
  const [C, OH, OW] = pooling.output;
  const y = allocate(batch * OH * OW * C);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const values = window(pooling, n, oh, ow, c).map((place) => x[place]!);
    y[at++] = values.reduce((largest, value) => (value > largest || Number.isNaN(value) ? value : largest), Number.NEGATIVE_INFINITY);
  });
  return y;
}

/**
 * dx (N, H, W, C) of x, y and dy (N, OH, OW, C): each gradient goes to the first element of its window that equals the maximum, to none if
 * that is NaN. Where windows overlap, gradients add in window order from +0.
 */
export function maxPoolBackward({ round, allocate }: Numbers, pooling: Pooling, batch: number, x: Values, y: Values, dy: Values): Values {
  const overlap = overlaps(pooling);
  const dx = allocate(x.length);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const place = window(pooling, n, oh, ow, c).find((candidate) => x[candidate] === y[at]);
    if (place !== undefined) dx[place] = overlap ? round(dx[place]! + dy[at]!) : dy[at]!;
    at++;
  });
  return dx;
}
