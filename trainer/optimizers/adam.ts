// Adam (Kingma and Ba, 2014): torch.optim.Adam. Weight decay is added to the gradient.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, numberAbove, numberFrom, shareBelowOne } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

const schema = z
  .strictObject({
    type: z.literal('adam'),
    lr: numberFrom(0).default(0.001),
    beta1: shareBelowOne().default(0.9),
    beta2: shareBelowOne().default(0.999),
    eps: numberAbove(0).default(1e-8),
    weightDecay: numberFrom(0).default(0),
    /** Whether the largest mean of squares so far is divided by (Reddi et al., 2018). */
    amsgrad: flag().optional(),
    ...perParameter,
  })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut({ amsgrad: false, ...perParameterDefaults }));

export type Adam = z.infer<typeof schema>;

export const adam: OptimizerFamily<Adam> = { schema };
