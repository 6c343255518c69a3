// Sigmoid linear unit, also called swish (Elfwing et al., 2017; Ramachandran et al., 2017): x·σ(x), as torch.nn.SiLU does.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('silu'), name: itemName() });

export type Silu = z.infer<typeof schema>;

export const silu: LayerFamily<Silu> = {
  schema,
  ...keepsShape,
};
