// Batch normalization over the channels of maps (Ioffe and Szegedy, 2015), with the defaults of torch.nn.BatchNorm2d.
// `momentum` is the weight of the new value in the running statistics, null for the average over all batches so far. Running statistics are
// state and live in the engine; without `trackRunningStats` there are none, and evaluation takes the statistics of each batch.
import * as z from 'zod';
import type { Parameter } from '../network.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, itemName, numberAbove } from '../recipe/values.ts';
import { keepsShape, type LayerFamily, scaleAndShift } from './family.ts';

/** Of either kind of batch norm. */
export function momentum() {
  const takes = 'a number from 0 to 1, or null';
  return z.number(takes).min(0, takes).max(1, takes).nullable().default(0.1);
}

const schema = z
  .strictObject({
    kind: z.literal('batchNorm2d'),
    name: itemName(),
    eps: numberAbove(0).default(1e-5),
    momentum: momentum(),
    affine: flag().optional(),
    trackRunningStats: flag().optional(),
    /** `zero`: gamma begins at 0 instead of 1, so that a residual block whose body ends here begins as the identity (Goyal et al., 2017). */
    init: z.enum(['zero']).optional(),
  })
  .transform(leaveOut({ affine: true, trackRunningStats: true }));

export type BatchNorm2d = z.infer<typeof schema>;

export const batchNorm2d: LayerFamily<BatchNorm2d> = {
  schema,
  ...keepsShape,
  parameters(layer, [channels]) {
    if (layer.affine === false) return [];
    const [weight, bias] = scaleAndShift(layer, [channels]) as [Parameter, Parameter];
    return layer.init === 'zero' ? [{ ...weight, init: { constant: 0 } }, bias] : [weight, bias];
  },
};
