// Gaussian error linear unit (Hendrycks and Gimpel, 2016): x·Φ(x), Φ the standard normal distribution function, as torch.nn.GELU without approximation.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('gelu'), name: itemName() });

export type Gelu = z.infer<typeof schema>;

export const gelu: LayerFamily<Gelu> = {
  schema,
  ...keepsShape,
};
