// Hyperbolic tangent, as torch.nn.Tanh does.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('tanh'), name: itemName() });

export type Tanh = z.infer<typeof schema>;

export const tanh: LayerFamily<Tanh> = {
  schema,
  ...keepsShape,
};
