// A preset is a network under a name with a few options. It expands into written layers before a recipe is recorded,
// so history never depends on what a preset means today.
import type * as z from 'zod';

export interface Preset<Options = unknown> {
  schema: z.ZodType<Options>;
  /** Layers in any written form. */
  layers(options: Options): unknown[];
}
