// Maximum over windows, as torch.nn.MaxPool2d does. The stride defaults to the kernel; padding never wins.
import * as z from 'zod';
import type { Shape } from '../network.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, itemName, sides } from '../recipe/values.ts';
import { axesOf, plain } from './axis.ts';
import { keepsShape, type LayerFamily } from './family.ts';
import { plainWindows } from './poolingSettings.ts';
import { fixedOutput, fixedPooling } from './windows.ts';

const schema = z
  .strictObject({
    kind: z.literal('maxPool2d'),
    name: itemName(),
    kernel: sides(1),
    stride: sides(1).optional(),
    padding: sides(0).optional(),
    dilation: sides(1).optional(),
    ceilMode: flag().optional(),
  })
  .transform(plainWindows)
  .transform(({ dilation, ...layer }) => (dilation === undefined ? layer : { ...layer, dilation: plain(dilation) }))
  .transform(leaveOut({ padding: 0, dilation: 1, ceilMode: false }));

export type MaxPool2d = z.infer<typeof schema>;

const axes = (layer: MaxPool2d) => axesOf({ ...layer, padding: layer.padding ?? 0 });

/** Its windows over maps `input`. */
export const maxPooling = (layer: MaxPool2d, input: Shape) => fixedPooling(input, axes(layer), layer);

export const maxPool2d: LayerFamily<MaxPool2d> = {
  schema,
  shorthand: 'kernel',
  ...keepsShape,
  output: (layer, input) => fixedOutput(maxPooling(layer, input), axes(layer), layer),
};
