// Batch normalization over the channels of maps (Ioffe and Szegedy, 2015), with the defaults of torch.nn.BatchNorm2d.
// `momentum` is the weight of the new value in the running statistics, which are state and live in the engine.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { itemName, numberAbove, share } from '../recipe/values.ts';
import { type LayerFamily, parameter } from './family.ts';

const schema = z
  .strictObject({
    kind: z.literal('batchNorm2d'),
    name: itemName(),
    eps: numberAbove(0).default(1e-5),
    momentum: share().default(0.1),
    /** `zero`: gamma begins at 0 instead of 1, so that a residual block whose body ends here begins as the identity (Goyal et al., 2017). */
    init: z.enum(['zero']).optional(),
  })
  .transform(leaveOut({}));

export type BatchNorm2d = z.infer<typeof schema>;

export const batchNorm2d: LayerFamily<BatchNorm2d> = {
  schema,
  output: (_layer, input) => input,
  parameters: (layer, [channels]) => [
    parameter(layer, 'weight', [channels], { constant: layer.init === 'zero' ? 0 : 1 }),
    parameter(layer, 'bias', [channels], { constant: 0 }),
  ],
  multiplyAdds: () => 0,
};
