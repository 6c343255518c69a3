// Dropout (Srivastava et al., 2014): in training each element is zeroed with probability p and the rest scaled by 1/(1 − p), as torch.nn.Dropout does.
import * as z from 'zod';
import { itemName, shareBelowOne } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('dropout'), name: itemName(), p: shareBelowOne().default(0.5) });

export type Dropout = z.infer<typeof schema>;

export const dropout: LayerFamily<Dropout> = {
  schema,
  shorthand: 'p',
  ...keepsShape,
};
