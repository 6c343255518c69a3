// Stochastic gradient descent: torch.optim.SGD.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, numberFrom } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

const schema = z
  .strictObject({
    type: z.literal('sgd'),
    lr: numberFrom(0).default(0.001),
    momentum: numberFrom(0).default(0),
    weightDecay: numberFrom(0).default(0),
    /** What of the gradient does not enter the momentum. */
    dampening: numberFrom(0).optional(),
    nesterov: flag().optional(),
    ...perParameter,
  })
  .refine(({ nesterov, momentum, dampening = 0 }) => !nesterov || (momentum > 0 && dampening === 0), {
    path: ['nesterov'],
    message: 'true only where momentum is above 0 and dampening is 0',
  })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut({ dampening: 0, nesterov: false, ...perParameterDefaults }));

export type Sgd = z.infer<typeof schema>;

export const sgd: OptimizerFamily<Sgd> = { schema };
