// Maps (channels, height, width) as one vector; a change of shape only.
import * as z from 'zod';
import { itemName } from '../recipe/values.ts';
import { type LayerFamily, size } from './family.ts';

const schema = z.strictObject({ kind: z.literal('flatten'), name: itemName() });

export type Flatten = z.infer<typeof schema>;

export const flatten: LayerFamily<Flatten> = {
  schema,
  output: (_layer, input) => [size(input), 1, 1],
  channels: () => undefined,
  parameters: () => [],
  multiplyAdds: () => 0,
};
