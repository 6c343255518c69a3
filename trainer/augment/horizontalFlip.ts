// Mirrors an image left to right with probability p.
import * as z from 'zod';
import type { ItemFamily } from '../recipe/items.ts';
import { itemName, share } from '../recipe/values.ts';

const schema = z.strictObject({ kind: z.literal('horizontalFlip'), name: itemName(), p: share().default(0.5) });

export type HorizontalFlip = z.infer<typeof schema>;

export const horizontalFlip: ItemFamily<HorizontalFlip> = { schema, shorthand: 'p' };
