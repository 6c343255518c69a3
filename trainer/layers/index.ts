// All kinds of layers by name. A new kind is a file of its own and a line in both lists.
import type { Activation } from './activations.ts';
import { adaptiveAvgPool2d } from './adaptiveAvgPool2d.ts';
import { avgPool2d } from './avgPool2d.ts';
import { batchNorm1d } from './batchNorm1d.ts';
import { batchNorm2d } from './batchNorm2d.ts';
import { type Concatenation, concatenation } from './concatenation.ts';
import { type Conv2d, conv2d } from './conv2d.ts';
import { type Dropout, dropout } from './dropout.ts';
import { type Dropout2d, dropout2d } from './dropout2d.ts';
import type { LayerFamily } from './family.ts';
import { type Flatten, flatten } from './flatten.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './globalAvgPool.ts';
import { groupNorm } from './groupNorm.ts';
import { hardswish } from './hardswish.ts';
import { type LayerNorm, layerNorm } from './layerNorm.ts';
import { leakyRelu } from './leakyRelu.ts';
import { type Linear, linear } from './linear.ts';
import { maxPool2d } from './maxPool2d.ts';
import type { ChannelNorm } from './norms.ts';
import type { PoolingLayer } from './poolings.ts';
import { relu } from './relu.ts';
import { type Residual, residual } from './residual.ts';
import { type Scale, scale } from './scale.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { tanh } from './tanh.ts';

/** A layer in canonical form. */
export type Layer =
  | Conv2d
  | ChannelNorm
  | LayerNorm
  | Activation
  | PoolingLayer
  | Flatten
  | Linear
  | Dropout
  | Dropout2d
  | Residual<Layer>
  | Concatenation<Layer>
  | Scale<Layer>;

export type LayerKind = Layer['kind'];

const families: { [K in LayerKind]: LayerFamily<Extract<Layer, { kind: K }>> } = {
  conv2d,
  batchNorm2d,
  batchNorm1d,
  groupNorm,
  layerNorm,
  relu,
  leakyRelu,
  gelu,
  silu,
  hardswish,
  sigmoid,
  tanh,
  maxPool2d,
  avgPool2d,
  adaptiveAvgPool2d,
  globalAvgPool,
  flatten,
  linear,
  dropout,
  dropout2d,
  residual: residual as LayerFamily<Residual<Layer>>,
  concatenation: concatenation as LayerFamily<Concatenation<Layer>>,
  scale: scale as LayerFamily<Scale<Layer>>,
};

/** Every family answers for layers of its own kind only; the map by kind is what makes this hold. */
export const layerFamilies = families as unknown as Readonly<Record<LayerKind, LayerFamily<Layer>>>;
