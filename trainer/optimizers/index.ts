// The optimizers a recipe may name and their settings; defaults are those of torch.optim. How a step is computed is the engine's affair.
import * as z from 'zod';
import { numberAbove, numberFrom, shareBelowOne } from '../recipe/values.ts';

/** Stochastic gradient descent (torch.optim.SGD, no dampening, no Nesterov). */
const sgd = z.strictObject({
  type: z.literal('sgd'),
  lr: numberFrom(0).default(0.001),
  momentum: numberFrom(0).default(0),
  weightDecay: numberFrom(0).default(0),
});

/** Adam (Kingma and Ba, 2014; torch.optim.Adam): weight decay is added to the gradient. */
const adam = z.strictObject({
  type: z.literal('adam'),
  lr: numberFrom(0).default(0.001),
  beta1: shareBelowOne().default(0.9),
  beta2: shareBelowOne().default(0.999),
  eps: numberAbove(0).default(1e-8),
  weightDecay: numberFrom(0).default(0),
});

export const optimizers = { sgd, adam };

export type Optimizer = z.infer<typeof sgd> | z.infer<typeof adam>;
