// Mean over windows, as torch.nn.AvgPool2d does. The stride defaults to the kernel; padding counts as zeros unless `countIncludePad` is false.
import * as z from 'zod';
import type { Shape } from '../network.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, itemName, sides } from '../recipe/values.ts';
import { axesOf } from './axis.ts';
import { keepsShape, type LayerFamily } from './family.ts';
import { plainWindows } from './poolingSettings.ts';
import { fixedOutput, fixedPooling } from './windows.ts';

const schema = z
  .strictObject({
    kind: z.literal('avgPool2d'),
    name: itemName(),
    kernel: sides(1),
    stride: sides(1).optional(),
    padding: sides(0).optional(),
    ceilMode: flag().optional(),
    countIncludePad: flag().optional(),
  })
  .transform(plainWindows)
  .transform(leaveOut({ padding: 0, ceilMode: false, countIncludePad: true }));

export type AvgPool2d = z.infer<typeof schema>;

const axes = ({ kernel, stride, padding = 0 }: AvgPool2d) => axesOf({ kernel, stride, padding });

/** Its windows over maps `input`. */
export const avgPooling = (layer: AvgPool2d, input: Shape) => fixedPooling(input, axes(layer), layer);

export const avgPool2d: LayerFamily<AvgPool2d> = {
  schema,
  shorthand: 'kernel',
  ...keepsShape,
  output: (layer, input) => fixedOutput(avgPooling(layer, input), axes(layer), layer),
};
