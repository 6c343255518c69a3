// The product of maps and one number a channel, and both gradients.
import type { Shape } from '../../network.ts';
import { fourPartials } from '../../numbers/folds.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { shortcutPlaces } from './residual.ts';

/**
 * For each channel of x, the place of its factor among the gate's. They differ only behind a flatten; `maps` and `gateMaps` are those in whose
 * storage order both stand, x being of shape (C, H, W).
 */
export function factorPlaces([channels, height, width]: Shape, maps: Shape, gateMaps: Shape): Uint32Array {
  return shortcutPlaces(height * width === 1 ? maps : [channels, 1, 1], gateMaps);
}

/** y (N, H, W, C) of x (N, H, W, C) and gate (N, C): one product each. */
export function scaleForward({ round, allocate }: Numbers, [C, H, W]: Shape, places: Uint32Array, x: Values, gate: Values): Values {
  return allocate(x.length).map((_, i) => round(x[i]! * gate[Math.floor(i / (C * H * W)) * C + places[i % C]!]!));
}

/** dx (N, H, W, C) of dy: one product each. */
export const scaleInputGradient = scaleForward;

/** dgate (N, C) of x and dy (N, H, W, C): four partials over pixels. */
export function scaleGateGradient(
  { round, madd, allocate }: Numbers,
  [C, H, W]: Shape,
  places: Uint32Array,
  x: Values,
  dy: Values,
): Values {
  const pixels = H * W;
  const batch = x.length / (C * pixels);
  const dgate = allocate(batch * C);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < C; c++) {
      const at = (pixel: number) => (n * pixels + pixel) * C + c;
      dgate[n * C + places[c]!] = fourPartials(pixels, (sum, pixel) => madd(dy[at(pixel)]!, x[at(pixel)]!, sum), round);
    }
  }
  return dgate;
}
