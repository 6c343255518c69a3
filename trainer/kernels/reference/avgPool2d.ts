// Mean over square windows, as torch.nn.AvgPool2d without padding; incomplete windows are left out.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { forEachOutput, type Pooling, window } from './windows.ts';

/** y (N, OH, OW, C) of x (N, H, W, C): the window's values added in order from +0, times 1/k². */
export function avgPoolForward({ round, allocate }: Numbers, pooling: Pooling, batch: number, x: Values): Values {
  const [C, OH, OW] = pooling.output;
  const y = allocate(batch * OH * OW * C);
  const share = round(1 / (pooling.kernel * pooling.kernel));
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const sum = window(pooling, n, oh, ow, c).reduce((total, place) => round(total + x[place]!), 0);
    y[at++] = round(sum * share);
  });
  return y;
}

/** dx (N, H, W, C) of dy (N, OH, OW, C): every element of a window gets dy/k². Where windows overlap, these add in window order from +0. */
export function avgPoolBackward({ round, allocate }: Numbers, pooling: Pooling, batch: number, dy: Values): Values {
  const [C, H, W] = pooling.input;
  const overlap = pooling.stride < pooling.kernel;
  const share = round(1 / (pooling.kernel * pooling.kernel));
  const dx = allocate(batch * H * W * C);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const part = round(dy[at++]! * share);
    for (const place of window(pooling, n, oh, ow, c)) dx[place] = overlap ? round(dx[place]! + part) : part;
  });
  return dx;
}
