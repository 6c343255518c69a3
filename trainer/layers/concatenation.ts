// Several branches side by side, their outputs joined along the channels in the order of the branches, as torch.cat(…, dim=1): inception blocks
// (Szegedy et al., 2015), dense blocks (Huang et al., 2017). In a network it stands behind its branches. An empty branch is the input itself.
import * as z from 'zod';
import type { Item } from '../recipe/items.ts';
import { itemName } from '../recipe/values.ts';
import { type LayerFamily, shapeWords } from './family.ts';

/** `branches` hold layers in canonical form, with the names they have within their branch. */
export interface Concatenation<L extends Item> extends Item {
  kind: 'concatenation';
  branches: L[][];
}

/** Names of a branch's layers begin with it and the branch's number from 1. */
const BRANCH = 'branch.';

const schema = z.strictObject({
  kind: z.literal('concatenation'),
  name: itemName(),
  // Read as layers before they come here.
  branches: z.array(z.array(z.custom<Item>()), 'a list of branches, each a list of layers').min(2, 'at least two branches'),
});

export const concatenation: LayerFamily<Concatenation<Item>> = {
  schema,
  nested: [{ setting: 'branches', block: BRANCH, lists: true }],
  branches: ({ branches }) => branches.map((layers, i) => ({ layers, place: `[${i}]`, block: `${BRANCH}${i + 1}/` })),
  output(_layer, [, height, width], _classes, joined) {
    const branch = joined.findIndex((shape) => shape[1] !== height || shape[2] !== width);
    if (branch < 0) return [joined.reduce((sum, [channels]) => sum + channels, 0), height, width];
    return {
      takes: `maps of ${height} × ${width} from every branch, as its first one gives ${shapeWords(joined[0]!)}`,
      help: 'give the branches the same strides and paddings, and pool with stride 1 within them',
      branch,
    };
  },
  channels: (_layer, joined) => (joined.includes(undefined) ? undefined : joined.reduce((sum: number, own) => sum + own!, 0)),
  parameters: () => [],
  multiplyAdds: () => 0,
};
