// Convolution with square kernel, stride and zero padding, as torch.nn.Conv2d: forward and its three gradients in plain loops.
// The orders of the chains are those of docs/numerics.md.
import type { Shape } from '../../network.ts';
import { fourPartials, pairTree } from '../../numbers/folds.ts';
import { channelSum, groupStart, weightGroups } from '../../numbers/groups.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** Static configuration of one convolution. */
export interface Convolution {
  /** (CI, H, W) */
  input: Shape;
  /** (CO, OH, OW) */
  output: Shape;
  kernel: number;
  stride: number;
  padding: number;
}

/** y (N, OH, OW, CO) of x (N, H, W, CI), weight (CO, CI, K, K) and bias (CO): a chain over kh, kw, ci; padding joins as +0. */
export function conv2dForward(
  { round, madd, allocate }: Numbers,
  { input: [CI, H, W], output: [CO, OH, OW], kernel: K, stride, padding }: Convolution,
  batch: number,
  x: Values,
  weight: Values,
  bias: Values | null,
): Values {
  const y = allocate(batch * OH * OW * CO);
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        for (let co = 0; co < CO; co++) {
          let sum = 0;
          for (let kh = 0; kh < K; kh++) {
            for (let kw = 0; kw < K; kw++) {
              const h = oh * stride - padding + kh;
              const w = ow * stride - padding + kw;
              const inside = h >= 0 && h < H && w >= 0 && w < W;
              for (let ci = 0; ci < CI; ci++) {
                const value = inside ? x[((n * H + h) * W + w) * CI + ci]! : 0;
                sum = madd(value, weight[((co * CI + ci) * K + kh) * K + kw]!, sum);
              }
            }
          }
          y[((n * OH + oh) * OW + ow) * CO + co] = bias === null ? sum : round(sum + bias[co]!);
        }
      }
    }
  }
  return y;
}

/**
 * dx (N, H, W, CI) of dy (N, OH, OW, CO): a chain over output positions oh, ow ascending (so taps descending), then co.
 * Positions outside the output join as +0.
 */
export function conv2dInputGradient(
  { madd, allocate }: Numbers,
  { input: [CI, H, W], output: [CO, OH, OW], kernel: K, stride, padding }: Convolution,
  batch: number,
  dy: Values,
  weight: Values,
): Values {
  const dx = allocate(batch * H * W * CI);
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < H; h++) {
      for (let w = 0; w < W; w++) {
        for (let ci = 0; ci < CI; ci++) {
          let sum = 0;
          for (let kh = K - 1; kh >= 0; kh--) {
            if ((h + padding - kh) % stride !== 0) continue;
            const oh = (h + padding - kh) / stride;
            for (let kw = K - 1; kw >= 0; kw--) {
              if ((w + padding - kw) % stride !== 0) continue;
              const ow = (w + padding - kw) / stride;
              const inside = oh >= 0 && oh < OH && ow >= 0 && ow < OW;
              for (let co = 0; co < CO; co++) {
                const gradient = inside ? dy[((n * OH + oh) * OW + ow) * CO + co]! : 0;
                sum = madd(gradient, weight[((co * CI + ci) * K + kh) * K + kw]!, sum);
              }
            }
          }
          dx[((n * H + h) * W + w) * CI + ci] = sum;
        }
      }
    }
  }
  return dx;
}

/** dw (CO, CI, K, K): in each sample group a chain over n, oh, ow of x·dy, padding as +0; the groups folded by a pair tree. */
export function conv2dWeightGradient(
  { round, madd, allocate }: Numbers,
  { input: [CI, H, W], output: [CO, OH, OW], kernel: K, stride, padding }: Convolution,
  batch: number,
  x: Values,
  dy: Values,
): Values {
  const dw = allocate(CO * CI * K * K);
  const groups = weightGroups(dw.length);
  for (let co = 0; co < CO; co++) {
    for (let ci = 0; ci < CI; ci++) {
      for (let kh = 0; kh < K; kh++) {
        for (let kw = 0; kw < K; kw++) {
          const sums = Array.from({ length: groups }, (_, group) => {
            let sum = 0;
            const end = groupStart(group + 1, groups, batch);
            for (let n = groupStart(group, groups, batch); n < end; n++) {
              for (let oh = 0; oh < OH; oh++) {
                for (let ow = 0; ow < OW; ow++) {
                  const h = oh * stride - padding + kh;
                  const w = ow * stride - padding + kw;
                  const inside = h >= 0 && h < H && w >= 0 && w < W;
                  const value = inside ? x[((n * H + h) * W + w) * CI + ci]! : 0;
                  sum = madd(value, dy[((n * OH + oh) * OW + ow) * CO + co]!, sum);
                }
              }
            }
            return sum;
          });
          dw[((co * CI + ci) * K + kh) * K + kw] = pairTree(sums, (a, b) => round(a + b));
        }
      }
    }
  }
  return dw;
}

/** db (CO) of dy (N, OH, OW, CO): four partials over the pixels of a sample, then the channel sum over samples in double. */
export function conv2dBiasGradient({ round, allocate }: Numbers, { output: [CO, OH, OW] }: Convolution, batch: number, dy: Values): Values {
  const pixels = OH * OW;
  const samples = allocate(batch * CO);
  for (let n = 0; n < batch; n++) {
    for (let co = 0; co < CO; co++) {
      samples[n * CO + co] = fourPartials(pixels, (sum, pixel) => round(sum + dy[(n * pixels + pixel) * CO + co]!), round);
    }
  }
  return allocate(CO).map((_, co) => channelSum(samples, batch, CO, co));
}
