// What stands in the padding of a convolution: zeros, or the maps mirrored at their first and last pixels, which are not repeated (as
// torch.nn.ReflectionPad2d does); and the way back, where the gradients of mirrored pixels are added to those they came from.
import type { Axis } from '../../layers/axis.ts';
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

export interface Padding {
  /** Zeros unless given. */
  paddingMode?: 'zeros' | 'reflect' | undefined;
}

/** Pixel of an axis of `size` that is seen at `position`; -1 where a zero is. */
export function sourceOf({ paddingMode }: Padding, size: number, position: number): number {
  if (position >= 0 && position < size) return position;
  return paddingMode === 'reflect' ? mirrored(position, size) : -1;
}

/** The pixel that `position` outside of 0 … size − 1 mirrors. */
export function mirrored(position: number, size: number): number {
  return position < 0 ? -position : 2 * (size - 1) - position;
}

/** Positions of the padding along one axis, ascending. */
export function rimPositions({ before, after }: Axis, size: number): number[] {
  return [...Array.from({ length: before }, (_, i) => i - before), ...Array.from({ length: after }, (_, i) => size + i)];
}

/**
 * dx (N, H, W, C) of the gradient of padded maps (N, H + padding, W + padding, C): rows of the padding ascending, each added to the row that it
 * mirrors, columns of the padding among them; then columns in the same way.
 */
export function foldMirrored(
  { round, allocate }: Numbers,
  padded: Values,
  batch: number,
  [C, H, W]: Shape,
  [down, across]: readonly [Axis, Axis],
): Values {
  const [PH, PW] = [H + down.before + down.after, W + across.before + across.after];
  const at = (n: number, h: number, w: number, c: number) => ((n * PH + h + down.before) * PW + w + across.before) * C + c;
  const sums = padded.slice();
  const dx = allocate(batch * H * W * C);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < C; c++) {
      for (const rim of rimPositions(down, H)) {
        for (let w = -across.before; w < W + across.after; w++) {
          const to = at(n, mirrored(rim, H), w, c);
          sums[to] = round(sums[to]! + sums[at(n, rim, w, c)]!);
        }
      }
      for (let h = 0; h < H; h++) {
        for (const rim of rimPositions(across, W)) {
          const to = at(n, h, mirrored(rim, W), c);
          sums[to] = round(sums[to]! + sums[at(n, h, rim, c)]!);
        }
        for (let w = 0; w < W; w++) dx[((n * H + h) * W + w) * C + c] = sums[at(n, h, w, c)]!;
      }
    }
  }
  return dx;
}
