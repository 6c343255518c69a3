// Reads the fixtures, turns PyTorch's layouts into ours, and holds results against them.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Shape } from '../../trainer/network.ts';
import { double, fused, type Numbers, strict, type Values } from '../../trainer/numbers/numbers.ts';

export interface Tensor {
  shape: number[];
  values: number[];
}

export const allNumbers: Numbers[] = [double, fused, strict];

export function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** Values in storage order: (n, c, h, w) becomes (n, h, w, c), anything else stays. */
export function stored({ shape, values }: Tensor): number[] {
  if (shape.length !== 4) return values;
  const [, C, H, W] = shape as [number, number, number, number];
  return values.map((_, i) => {
    const c = i % C;
    const w = Math.floor(i / C) % W;
    const h = Math.floor(i / (C * W)) % H;
    const n = Math.floor(i / (C * W * H));
    return values[((n * C + c) * H + h) * W + w]!;
  });
}

/** An input in storage order: binary32 values written in nine digits. */
export function input(numbers: Numbers, tensor: Tensor): Values {
  return canonical(numbers, { shape: [], values: stored(tensor) });
}

/** An input as it stands: weights are canonical on both sides. */
export function canonical(numbers: Numbers, { values }: Tensor): Values {
  return numbers.allocate(values.length).map((_, i) => Math.fround(values[i]!));
}

/** (C, H, W) of one sample. */
export function mapsOf({ shape }: Tensor): Shape {
  return [shape[1]!, shape[2] ?? 1, shape[3] ?? 1];
}

export function magnitudes(values: Values): Values {
  return Float64Array.from(values, Math.abs);
}

/**
 * In double within 1e-10, relative where values are beyond 1; in Float32 within 4·√terms·2^−24 of the sum of the terms' magnitudes,
 * given element by element (or one for all).
 */
export function expectValues(numbers: Numbers, got: ArrayLike<number>, expected: number[], terms: number, sums: Values | number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    const sum = typeof sums === 'number' ? sums : sums[i]!;
    const bound = numbers.name === 'double' ? 1e-10 * Math.max(1, Math.abs(value)) : 4 * Math.sqrt(terms) * 2 ** -24 * sum;
    expect(Math.abs(got[i]! - value), `element ${i}: ${got[i]}, PyTorch ${value}`).toBeLessThanOrEqual(bound);
  }
}
