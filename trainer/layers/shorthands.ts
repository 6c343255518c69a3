// Words for several layers at once: each stands for plain layers, which take its place before a recipe is recorded.
import type { Shorthands } from '../recipe/items.ts';
import type { Layer } from './index.ts';
import { squeezeExcitation } from './squeezeExcitation.ts';

/** Every one checks its own settings before it sees them. */
export const layerShorthands = { squeezeExcitation } as unknown as Shorthands<Layer>;
