// Central differences in double: what a gradient must agree with, computed from the forward pass alone.
import { expect } from 'vitest';
import type { Values } from '../../../trainer/numbers/numbers.ts';

const STEP = 1e-5;

/**
 * Expects `gradient` to be the gradient of `loss` by `values`, element by element. `loss` reads `values`, which are nudged and put back.
 * The bound: truncation is of order STEP², rounding of order 1e-16/STEP, both below 1e-9 for losses and derivatives near 1.
 */
export function expectGradient(loss: () => number, values: Values, gradient: Values, tolerance = 1e-8): void {
  expect(gradient.length).toBe(values.length);
  for (let i = 0; i < values.length; i++) {
    const held = values[i]!;
    values[i] = held + STEP;
    const above = loss();
    values[i] = held - STEP;
    const below = loss();
    values[i] = held;
    const expected = (above - below) / (2 * STEP);
    const error = Math.abs(gradient[i]! - expected) / Math.max(1, Math.abs(expected));
    expect(error, `element ${i}: gradient ${gradient[i]}, differences ${expected}`).toBeLessThan(tolerance);
  }
}

/** Σ aᵢ·bᵢ: a scalar loss whose gradient by `a` is `b`. */
export function dot(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function mean(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
