// Clipping of gradients: by the norm over all parameters, or value by value. Absent where gradients stay as they are.
import * as z from 'zod';
import { numberAbove } from './values.ts';

const takes = 'settings in braces: norm or value, one of them';

/** `norm`: gradients are scaled so that their norm over all parameters is at most this; `value`: each element lies within ± this. */
export type Clip = { norm: number } | { value: number };

/** Both settings as they are written, for paths. */
export const clipSettings = { norm: numberAbove(0), value: numberAbove(0) };

export const clipSchema = z
  .strictObject({ norm: clipSettings.norm.optional(), value: clipSettings.value.optional() }, takes)
  .transform(({ norm, value }, context): Clip => {
    if (norm !== undefined && value === undefined) return { norm };
    if (value !== undefined && norm === undefined) return { value };
    context.addIssue({ code: 'custom', message: takes });
    return z.NEVER;
  });

/** What torch.nn.utils.clip_grad_norm_ multiplies gradients by, in double; `squares` are their sums of squares, in order. NaN stays NaN. */
export function clipFactor(norm: number, squares: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < squares.length; i++) sum += squares[i]!;
  const factor = norm / (Math.sqrt(sum) + 1e-6);
  return Math.min(factor, 1);
}
