// What presets are made of: convolutions with norm and activation, heads, options that several of them have. All in written form.
import * as z from 'zod';
import { shareBelowOne } from '../recipe/values.ts';

export const activations = ['relu', 'leakyRelu', 'gelu', 'silu', 'hardswish', 'sigmoid', 'tanh'] as const;

/** How maps become the input of the last linear layer: the mean of each, or all their pixels. */
export const head = () => z.enum(['globalAveragePooling', 'flatten']);

/** 0 leaves the layer out. */
export const dropout = (p: number) => shareBelowOne().default(p);

interface Convolution {
  out?: number;
  kernel?: number;
  stride?: number;
  depthwise?: boolean;
}

/** A convolution that keeps the size of its maps but for its stride; without a norm behind it, it has a bias. */
export function convolution({ out, kernel = 3, stride = 1, depthwise = false }: Convolution, batchNorm: boolean): unknown[] {
  const filters = depthwise ? { depthwise: {} } : { out };
  const conv2d = { ...filters, kernel, ...(stride > 1 && { stride }), padding: (kernel - 1) / 2, ...(batchNorm && { bias: false }) };
  return [{ conv2d }, ...(batchNorm ? ['batchNorm2d'] : [])];
}

export const dropoutLayer = (p: number): unknown[] => (p > 0 ? [{ dropout: p }] : []);

/** The end of a network: from maps to one number a class. */
export function classifier(head: 'globalAveragePooling' | 'flatten', dropout: number): unknown[] {
  return [head === 'flatten' ? 'flatten' : 'globalAvgPool', ...dropoutLayer(dropout), { linear: 'classes' }];
}
