// The input times one number a channel that a body makes of it: the gate of squeeze-and-excitation (Hu et al., 2018). In a network it stands
// behind its body, as the product.
import * as z from 'zod';
import type { Item } from '../recipe/items.ts';
import { itemName } from '../recipe/values.ts';
import { type LayerFamily, shapeWords } from './family.ts';

/** `body` holds layers in canonical form, with the names they have within the block. */
export interface Scale<L extends Item> extends Item {
  kind: 'scale';
  body: L[];
}

const schema = z.strictObject({
  kind: z.literal('scale'),
  name: itemName(),
  // Read as layers before it comes here.
  body: z.array(z.custom<Item>(), 'a list of layers').min(1, 'at least one layer'),
});

export const scale: LayerFamily<Scale<Item>> = {
  schema,
  nested: [{ setting: 'body', block: '' }],
  branches: ({ body }) => [
    { layers: [], place: '', block: '' },
    { layers: body, place: '', block: '' },
  ],
  output(_layer, input, _classes, [, gate]) {
    const wanted = [input[0], 1, 1] as const;
    if (gate!.every((length, i) => length === wanted[i])) return input;
    return {
      takes: `${shapeWords(wanted)} from its body, one for each channel that it is given`,
      help: `let the body average over the whole map and end with ${input[0]} numbers`,
      branch: 1,
    };
  },
  parameters: () => [],
  multiplyAdds: () => 0,
};
