// Adagrad (Duchi, Hazan and Singer, 2011): torch.optim.Adagrad.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { numberAbove, numberFrom } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

const schema = z
  .strictObject({
    type: z.literal('adagrad'),
    lr: numberFrom(0).default(0.01),
    /** The rate of step t is lr / (1 + (t − 1) · lrDecay). */
    lrDecay: numberFrom(0).default(0),
    initialAccumulatorValue: numberFrom(0).default(0),
    eps: numberAbove(0).default(1e-10),
    weightDecay: numberFrom(0).default(0),
    ...perParameter,
  })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut(perParameterDefaults));

export type Adagrad = z.infer<typeof schema>;

export const adagrad: OptimizerFamily<Adagrad> = { schema };
