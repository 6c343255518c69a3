// Pads an image by `padding` black pixels on every side and cuts a piece of the old size from a random place, as torchvision's RandomCrop does.
import * as z from 'zod';
import type { ItemFamily } from '../recipe/items.ts';
import { integer, itemName } from '../recipe/values.ts';

const schema = z.strictObject({ kind: z.literal('randomCrop'), name: itemName(), padding: integer(1) });

export type RandomCrop = z.infer<typeof schema>;

export const randomCrop: ItemFamily<RandomCrop> = { schema, shorthand: 'padding' };
