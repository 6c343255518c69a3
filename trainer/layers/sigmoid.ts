// Logistic function: σ(x) = 1/(1 + e^−x), as torch.nn.Sigmoid does.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('sigmoid'), name: itemName() });

export type Sigmoid = z.infer<typeof schema>;

export const sigmoid: LayerFamily<Sigmoid> = {
  schema,
  ...keepsShape,
};
