// AdamW (Loshchilov and Hutter, 2019): torch.optim.AdamW. Weight decay shrinks the weights themselves and never enters the moments.
import * as z from 'zod';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, numberAbove, numberFrom, shareBelowOne } from '../recipe/values.ts';
import { type OptimizerFamily, ownRates, ownRatesTake, perParameter, perParameterDefaults } from './optimizer.ts';

/** Settings of a step; Muon has them too, for what it leaves to AdamW. */
export const adamWSettings = {
  lr: numberFrom(0).default(0.001),
  beta1: shareBelowOne().default(0.9),
  beta2: shareBelowOne().default(0.999),
  eps: numberAbove(0).default(1e-8),
  weightDecay: numberFrom(0).default(0.01),
};

const schema = z
  .strictObject({ type: z.literal('adamW'), ...adamWSettings, amsgrad: flag().optional(), ...perParameter })
  .refine(ownRates, { path: ['lr'], message: ownRatesTake })
  .transform(leaveOut({ amsgrad: false, ...perParameterDefaults }));

export type AdamW = z.infer<typeof schema>;

export const adamW: OptimizerFamily<AdamW> = { schema };
