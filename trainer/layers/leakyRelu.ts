// Leaky rectified linear unit (Maas et al., 2013): x > 0 ? x : negativeSlope·x, as torch.nn.LeakyReLU does.
import * as z from 'zod';
import { anyNumber, itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('leakyRelu'), name: itemName(), negativeSlope: anyNumber().default(0.01) });

export type LeakyRelu = z.infer<typeof schema>;

export const leakyRelu: LayerFamily<LeakyRelu> = {
  schema,
  shorthand: 'negativeSlope',
  ...keepsShape,
};
