// Hard swish (Howard et al., 2019): x·min(max(x + 3, 0), 6)/6, as torch.nn.Hardswish does.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('hardswish'), name: itemName() });

export type Hardswish = z.infer<typeof schema>;

export const hardswish: LayerFamily<Hardswish> = {
  schema,
  ...keepsShape,
};
