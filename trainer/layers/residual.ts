// A residual block (He et al., 2016): what its body makes of the input, plus the input itself. In a network it stands behind its body, as
// the sum.
import * as z from 'zod';
import type { Item } from '../recipe/items.ts';
import { itemName } from '../recipe/values.ts';
import { type LayerFamily, shapeWords } from './family.ts';

/** `body` holds layers in canonical form, with the names they have within the block. */
export interface Residual<L extends Item> extends Item {
  kind: 'residual';
  body: L[];
}

const schema = z.strictObject({
  kind: z.literal('residual'),
  name: itemName(),
  // Read as layers before it comes here; what is left to say is that there must be one.
  body: z.array(z.custom<Item>(), 'a list of layers').min(1, 'at least one layer'),
});

export const residual: LayerFamily<Residual<Item>> = {
  schema,
  nested: ['body'],
  branches: ({ body }) => [body, []],
  output(_layer, _input, _classes, [body, shortcut]) {
    if (body!.every((length, i) => length === shortcut![i])) return shortcut!;
    return {
      takes: `${shapeWords(shortcut!)} from its body, as much as it is given`,
      help: 'let the body end with as many channels as enter it, with `padding: same` and stride 1; pool before the block or behind it',
    };
  },
  parameters: () => [],
  multiplyAdds: () => 0,
};
