// RMSprop (Hinton, 2012): torch.optim.RMSprop; centered as in Graves (2013).
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, numberAbove, numberFrom, shareBelowOne } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

const schema = z
  .strictObject({
    type: z.literal('rmsprop'),
    lr: numberFrom(0).default(0.01),
    /** How much of the mean of squares stays. */
    alpha: shareBelowOne().default(0.99),
    eps: numberAbove(0).default(1e-8),
    momentum: numberFrom(0).default(0),
    /** Whether the mean of the gradient is taken off: the variance instead of the mean of squares. */
    centered: flag().default(false),
    weightDecay: numberFrom(0).default(0),
    ...perParameter,
  })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut(perParameterDefaults));

export type Rmsprop = z.infer<typeof schema>;

export const rmsprop: OptimizerFamily<Rmsprop> = { schema };
