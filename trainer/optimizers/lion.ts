// Lion (Chen et al., 2023, "Symbolic Discovery of Optimization Algorithms"), with the paper's defaults: a step of the rate's size in each
// element, in the direction of a sign. Weight decay shrinks the weights themselves.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { numberFrom, shareBelowOne } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

const schema = z
  .strictObject({
    type: z.literal('lion'),
    lr: numberFrom(0).default(0.0001),
    /** Of the momentum in the direction of a step. */
    beta1: shareBelowOne().default(0.9),
    /** Of the momentum that is kept. */
    beta2: shareBelowOne().default(0.99),
    weightDecay: numberFrom(0).default(0),
    ...perParameter,
  })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut(perParameterDefaults));

export type Lion = z.infer<typeof schema>;

export const lion: OptimizerFamily<Lion> = { schema };
