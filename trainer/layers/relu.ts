// Rectified linear unit: x < 0 ? 0 : x.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';

const schema = z.strictObject({ kind: z.literal('relu'), name: itemName() });

export type Relu = z.infer<typeof schema>;

export const relu: LayerFamily<Relu> = {
  schema,
  ...keepsShape,
};
