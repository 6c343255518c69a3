// Dropout of whole channels (Tompson et al., 2015): in training each map is zeroed with probability p and the rest scaled by 1/(1 − p), as
// torch.nn.Dropout2d does. Of a vector that is every element by itself.
import * as z from 'zod';
import { itemName, shareBelowOne } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('dropout2d'), name: itemName(), p: shareBelowOne().default(0.5) });

export type Dropout2d = z.infer<typeof schema>;

export const dropout2d: LayerFamily<Dropout2d> = {
  schema,
  shorthand: 'p',
  ...keepsShape,
};
