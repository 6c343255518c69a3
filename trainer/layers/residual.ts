// A residual block (He et al., 2016): what its body makes of the input, plus the input itself, or plus what layers of its own make of it (a
// projection, option B of the paper). In a network it stands behind both lists, as the sum.
import * as z from 'zod';
import type { Item } from '../recipe/items.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { itemName } from '../recipe/values.ts';
import { type LayerFamily, shapeWords } from './family.ts';

/** `body` and `shortcut` hold layers in canonical form, with the names they have within the block. */
export interface Residual<L extends Item> extends Item {
  kind: 'residual';
  body: L[];
  /** Absent for the identity. */
  shortcut?: L[];
}

/** Names of the shortcut's layers begin with it, behind the block's. */
const SHORTCUT = 'shortcut';

// Both are read as layers before they come here.
const layers = () => z.array(z.custom<Item>(), 'a list of layers');

const schema = z
  .strictObject({
    kind: z.literal('residual'),
    name: itemName(),
    body: layers().min(1, 'at least one layer'),
    shortcut: layers().optional(),
  })
  .superRefine(({ body, shortcut }, context) => {
    const twin = shortcut === undefined ? -1 : body.findIndex(({ name }) => name === SHORTCUT);
    if (twin < 0) return;
    const takes = `another name, as the layers beside the body are named ${SHORTCUT}/…`;
    context.addIssue({ code: 'custom', path: ['body', twin, 'name'], message: takes, input: SHORTCUT });
  })
  .transform(leaveOut({ shortcut: [] }))
  .transform((block): Residual<Item> => block as Residual<Item>);

export const residual: LayerFamily<Residual<Item>> = {
  schema,
  nested: [
    { setting: 'body', block: '' },
    { setting: 'shortcut', block: `${SHORTCUT}/` },
  ],
  branches: ({ body, shortcut }) => [
    { layers: body, place: shortcut ? '.body' : '', block: '' },
    { layers: shortcut ?? [], place: '.shortcut', block: `${SHORTCUT}/` },
  ],
  output({ shortcut: projection }, _input, _classes, [body, shortcut]) {
    if (body!.every((length, i) => length === shortcut![i])) return shortcut!;
    if (projection) {
      return {
        takes: `${shapeWords(shortcut!)} from its body, as much as its shortcut gives`,
        help: 'let both end with as many channels, and with strides that make maps of one size',
      };
    }
    return {
      takes: `${shapeWords(shortcut!)} from its body, as much as it is given`,
      help:
        'let the body end with as many channels as enter it, with `padding: same` and stride 1; pool before the block or behind it, ' +
        'or give it a `shortcut` of its own, as [{ conv2d: { out, kernel: 1, stride } }, batchNorm2d]',
    };
  },
  parameters: () => [],
  multiplyAdds: () => 0,
};
