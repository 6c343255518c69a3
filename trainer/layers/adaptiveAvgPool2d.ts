// Mean over as many windows as there are to be outputs, as torch.nn.AdaptiveAvgPool2d does: where sizes do not divide, windows overlap.
import * as z from 'zod';
import type { Shape } from '../network.ts';
import { itemName, sides } from '../recipe/values.ts';
import { plain } from './axis.ts';
import { keepsShape, type LayerFamily } from './family.ts';
import { adaptivePooling } from './windows.ts';

const schema = z
  .strictObject({ kind: z.literal('adaptiveAvgPool2d'), name: itemName(), outputSize: sides(1) })
  .transform((layer) => ({ ...layer, outputSize: plain(layer.outputSize) }));

export type AdaptiveAvgPool2d = z.infer<typeof schema>;

/** Its windows over maps `input`. */
export function adaptiveAvgPooling({ outputSize }: AdaptiveAvgPool2d, input: Shape) {
  return adaptivePooling(input, typeof outputSize === 'number' ? [outputSize, outputSize] : outputSize);
}

export const adaptiveAvgPool2d: LayerFamily<AdaptiveAvgPool2d> = {
  schema,
  shorthand: 'outputSize',
  ...keepsShape,
  output: (layer, input) => adaptiveAvgPooling(layer, input).output,
};
