// Maximum over square windows, as torch.nn.MaxPool2d without padding; incomplete windows are left out, NaN wins.
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** Static configuration of one pooling layer. */
export interface Pooling {
  /** (C, H, W) */
  input: Shape;
  /** (C, OH, OW) */
  output: Shape;
  kernel: number;
  stride: number;
}

/** Places in x (N, H, W, C) of the window that makes y[n, oh, ow, c], in order kh, kw. */
function window({ input: [C, H, W], kernel, stride }: Pooling, n: number, oh: number, ow: number, c: number): number[] {
  return Array.from({ length: kernel * kernel }, (_, i) => {
    const h = oh * stride + Math.floor(i / kernel);
    const w = ow * stride + (i % kernel);
    return ((n * H + h) * W + w) * C + c;
  });
}

/** Calls `visit` for each place of y (N, OH, OW, C), in storage order. */
function forEachOutput(
  { output: [C, OH, OW] }: Pooling,
  batch: number,
  visit: (n: number, oh: number, ow: number, c: number) => void,
): void {
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        for (let c = 0; c < C; c++) visit(n, oh, ow, c);
      }
    }
  }
}

/** y (N, OH, OW, C) of x (N, H, W, C). */
export function maxPoolForward({ allocate }: Numbers, pooling: Pooling, batch: number, x: Values): Values {
  const [C, OH, OW] = pooling.output;
  const y = allocate(batch * OH * OW * C);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const values = window(pooling, n, oh, ow, c).map((place) => x[place]!);
    y[at++] = values.reduce((largest, value) => (value > largest || Number.isNaN(value) ? value : largest));
  });
  return y;
}

/**
 * dx (N, H, W, C) of x, y and dy (N, OH, OW, C): each gradient goes to the first element of its window that equals the maximum, to none if
 * that is NaN. Where windows overlap, gradients add in window order from +0.
 */
export function maxPoolBackward({ round, allocate }: Numbers, pooling: Pooling, batch: number, x: Values, y: Values, dy: Values): Values {
  const overlap = pooling.stride < pooling.kernel;
  const dx = allocate(x.length);
  let at = 0;
  forEachOutput(pooling, batch, (n, oh, ow, c) => {
    const place = window(pooling, n, oh, ow, c).find((candidate) => x[candidate] === y[at]);
    if (place !== undefined) dx[place] = overlap ? round(dx[place]! + dy[at]!) : dy[at]!;
    at++;
  });
  return dx;
}
