// Which kinds of layers pool: what they take from a window, and which windows they look through.
import type { Shape } from '../network.ts';
import { type AdaptiveAvgPool2d, adaptiveAvgPooling } from './adaptiveAvgPool2d.ts';
import { type AvgPool2d, avgPooling } from './avgPool2d.ts';
import { type GlobalAvgPool, globalPooling } from './globalAvgPool.ts';
import { type MaxPool2d, maxPooling } from './maxPool2d.ts';
import type { Pooling } from './windows.ts';

/** A pooling layer in canonical form. */
export type PoolingLayer = MaxPool2d | AvgPool2d | AdaptiveAvgPool2d | GlobalAvgPool;

export type PoolingKind = PoolingLayer['kind'];

interface Kind<L> {
  takes: 'max' | 'average';
  windows(layer: L, input: Shape): Pooling;
}

const kinds: { [K in PoolingKind]: Kind<Extract<PoolingLayer, { kind: K }>> } = {
  maxPool2d: { takes: 'max', windows: maxPooling },
  avgPool2d: { takes: 'average', windows: avgPooling },
  adaptiveAvgPool2d: { takes: 'average', windows: adaptiveAvgPooling },
  globalAvgPool: { takes: 'average', windows: globalPooling },
};

/** The map by kind is what makes the layer fit. */
const kindOf = ({ kind }: PoolingLayer) => kinds[kind] as Kind<PoolingLayer>;

export function isPooling(layer: { kind: string }): layer is PoolingLayer {
  return Object.hasOwn(kinds, layer.kind);
}

/** What a layer gives of a window. */
export function takenBy(layer: PoolingLayer): 'max' | 'average' {
  return kindOf(layer).takes;
}

/** The windows of a layer over maps `input`. */
export function poolingOf(layer: PoolingLayer, input: Shape): Pooling {
  return kindOf(layer).windows(layer, input);
}
