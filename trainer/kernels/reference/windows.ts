// The windows that pooling looks through: square, without padding, incomplete ones at the edge left out.
import type { Shape } from '../../network.ts';

/** Static configuration of one pooling layer, of either kind. */
export interface Pooling {
  /** (C, H, W) */
  input: Shape;
  /** (C, OH, OW) */
  output: Shape;
  kernel: number;
  stride: number;
}

/** Places in x (N, H, W, C) of the window that makes y[n, oh, ow, c], in order kh, kw. */
export function window({ input: [C, H, W], kernel, stride }: Pooling, n: number, oh: number, ow: number, c: number): number[] {
  return Array.from({ length: kernel * kernel }, (_, i) => {
    const h = oh * stride + Math.floor(i / kernel);
    const w = ow * stride + (i % kernel);
    return ((n * H + h) * W + w) * C + c;
  });
}

/** Calls `visit` for each place of y (N, OH, OW, C), in storage order. */
export function forEachOutput(
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
