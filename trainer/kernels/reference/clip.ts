// Clipping of gradients before parameters move: by the norm of all of them, as torch.nn.utils.clip_grad_norm_, or each value, as clip_grad_value_.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { type Clip, clipFactor } from '../../recipe/clip.ts';

/** What becomes of a gradient, a copy; `squares` are the sums of squares of all gradients, in the order of the parameters. */
export function clipGradient({ round, allocate }: Numbers, clip: Clip | undefined, squares: Float64Array): (gradient: Values) => Values {
  if (clip === undefined) return (gradient) => gradient;
  if ('norm' in clip) {
    const factor = round(clipFactor(clip.norm, squares));
    return (gradient) => allocate(gradient.length).map((_, i) => round(gradient[i]! * factor));
  }
  const limit = round(clip.value);
  return (gradient) => allocate(gradient.length).map((_, i) => Math.min(Math.max(gradient[i]!, -limit), limit));
}
