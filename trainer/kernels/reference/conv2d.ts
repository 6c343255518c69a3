// Convolution as torch.nn.Conv2d, with every option: forward and its three gradients in plain loops.
// The orders of the chains are those of docs/numerics.md.
import { type Axis, axesOf, type WindowSettings } from '../../layers/axis.ts';
import type { Shape } from '../../network.ts';
import { fourPartials, pairTree } from '../../numbers/folds.ts';
import { channelSum, groupStart, weightGroups } from '../../numbers/groups.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { foldMirrored, type Padding, sourceOf } from './mirror.ts';

/** Static configuration of one convolution. */
export interface Convolution extends WindowSettings, Padding {
  /** (CI, H, W) */
  input: Shape;
  /** (CO, OH, OW) */
  output: Shape;
  /** Groups of channels that see nothing of one another; 1 unless given. */
  groups?: number | undefined;
}

/** Channels of one group: inputs `I`, outputs `O`. */
function groupSizes({ input: [CI], output: [CO], groups = 1 }: Convolution): { I: number; O: number } {
  return { I: CI / groups, O: CO / groups };
}

/** y (N, OH, OW, CO) of x (N, H, W, CI), weight (CO, CI/groups, KH, KW) and bias (CO): a chain over kh, kw, ci of the group. */
export function conv2dForward(
  { round, madd, allocate }: Numbers,
  convolution: Convolution,
  batch: number,
  x: Values,
  weight: Values,
  bias: Values | null,
): Values {
  const { input, output } = convolution;
  const [[CI, H, W], [CO, OH, OW]] = [input, output];
  const [down, across] = axesOf(convolution);
  const { I, O } = groupSizes(convolution);
  const y = allocate(batch * OH * OW * CO);
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        for (let co = 0; co < CO; co++) {
          const first = Math.floor(co / O) * I;
          let sum = 0;
          for (let kh = 0; kh < down.kernel; kh++) {
            const h = sourceOf(convolution, H, tapPosition(down, oh, kh));
            for (let kw = 0; kw < across.kernel; kw++) {
              const w = sourceOf(convolution, W, tapPosition(across, ow, kw));
              const inside = h >= 0 && w >= 0;
              for (let i = 0; i < I; i++) {
                const value = inside ? x[((n * H + h) * W + w) * CI + first + i]! : 0;
                sum = madd(value, weight[((co * I + i) * down.kernel + kh) * across.kernel + kw]!, sum);
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

/** Pixel under a tap of the window at a position; outside of 0 … size − 1 in the padding. */
function tapPosition({ stride, dilation, before }: Axis, position: number, tap: number): number {
  return position * stride - before + tap * dilation;
}

/** dx (N, H, W, CI) of dy (N, OH, OW, CO); with mirrored padding that of the padded maps, folded back. */
export function conv2dInputGradient(numbers: Numbers, convolution: Convolution, batch: number, dy: Values, weight: Values): Values {
  const [, H, W] = convolution.input;
  const [down, across] = axesOf(convolution);
  if (convolution.paddingMode !== 'reflect') return chainsToInput(numbers, convolution, [down, across], [H, W], batch, dy, weight);
  const size = [H + down.before + down.after, W + across.before + across.after] as const;
  const unpadded = [down, across].map((axis) => ({ ...axis, before: 0, after: 0 })) as [Axis, Axis];
  const padded = chainsToInput(numbers, convolution, unpadded, size, batch, dy, weight);
  return foldMirrored(numbers, padded, batch, convolution.input, [down, across]);
}

/**
 * Gradient of maps of `size` pixels: a chain over output positions oh, ow ascending (so taps descending), then co of the group.
 * Positions outside the output join as +0.
 */
function chainsToInput(
  { madd, allocate }: Numbers,
  convolution: Convolution,
  [down, across]: [Axis, Axis],
  [H, W]: readonly [number, number],
  batch: number,
  dy: Values,
  weight: Values,
): Values {
  const { input, output } = convolution;
  const [[CI], [CO, OH, OW]] = [input, output];
  const { I, O } = groupSizes(convolution);
  const dx = allocate(batch * H * W * CI);
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < H; h++) {
      for (let w = 0; w < W; w++) {
        for (let ci = 0; ci < CI; ci++) {
          const first = Math.floor(ci / I) * O;
          let sum = 0;
          for (let kh = down.kernel - 1; kh >= 0; kh--) {
            const oh = (h + down.before - kh * down.dilation) / down.stride;
            if (!Number.isInteger(oh)) continue;
            for (let kw = across.kernel - 1; kw >= 0; kw--) {
              const ow = (w + across.before - kw * across.dilation) / across.stride;
              if (!Number.isInteger(ow)) continue;
              const inside = oh >= 0 && oh < OH && ow >= 0 && ow < OW;
              for (let co = first; co < first + O; co++) {
                const gradient = inside ? dy[((n * OH + oh) * OW + ow) * CO + co]! : 0;
                sum = madd(gradient, weight[((co * I + (ci % I)) * down.kernel + kh) * across.kernel + kw]!, sum);
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

/** dw (CO, CI/groups, KH, KW): in each sample group a chain over n, oh, ow of x·dy; the sample groups folded by a pair tree. */
export function conv2dWeightGradient(
  { round, madd, allocate }: Numbers,
  convolution: Convolution,
  batch: number,
  x: Values,
  dy: Values,
): Values {
  const { input, output } = convolution;
  const [[CI, H, W], [CO, OH, OW]] = [input, output];
  const [down, across] = axesOf(convolution);
  const { I, O } = groupSizes(convolution);
  const dw = allocate(CO * I * down.kernel * across.kernel);
  const groups = weightGroups(dw.length);
  for (let co = 0; co < CO; co++) {
    for (let i = 0; i < I; i++) {
      const ci = Math.floor(co / O) * I + i;
      for (let kh = 0; kh < down.kernel; kh++) {
        for (let kw = 0; kw < across.kernel; kw++) {
          const sums = Array.from({ length: groups }, (_, group) => {
            let sum = 0;
            const end = groupStart(group + 1, groups, batch);
            for (let n = groupStart(group, groups, batch); n < end; n++) {
              for (let oh = 0; oh < OH; oh++) {
                const h = sourceOf(convolution, H, tapPosition(down, oh, kh));
                for (let ow = 0; ow < OW; ow++) {
                  const w = sourceOf(convolution, W, tapPosition(across, ow, kw));
                  const value = h >= 0 && w >= 0 ? x[((n * H + h) * W + w) * CI + ci]! : 0;
                  sum = madd(value, dy[((n * OH + oh) * OW + ow) * CO + co]!, sum);
                }
              }
            }
            return sum;
          });
          dw[((co * I + i) * down.kernel + kh) * across.kernel + kw] = pairTree(sums, (a, b) => round(a + b));
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
