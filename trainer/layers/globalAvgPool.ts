// Mean of each whole map (Lin et al., 2013), as torch.nn.AdaptiveAvgPool2d(1) and a flatten do: a vector of one number a channel, so that
// `linear` fits behind it as it is.
import * as z from 'zod';
import type { Shape } from '../network.ts';
import { itemName } from '../recipe/values.ts';
import { keepsShape, type LayerFamily } from './family.ts';
import { adaptivePooling } from './windows.ts';

const schema = z.strictObject({ kind: z.literal('globalAvgPool'), name: itemName() });

export type GlobalAvgPool = z.infer<typeof schema>;

/** Its one window over maps `input`. */
export const globalPooling = (_layer: GlobalAvgPool, input: Shape) => adaptivePooling(input, [1, 1]);

export const globalAvgPool: LayerFamily<GlobalAvgPool> = {
  schema,
  ...keepsShape,
  output: (_layer, [channels]) => [channels, 1, 1],
};
