// The optimizer of a reference engine: its slots by parameter, and which step function moves them.
import type { Numbers, Values } from '../../numbers/numbers.ts';
import type { Optimizer } from '../../recipe.ts';
import { adamStep } from './adam.ts';
import { sgdStep } from './sgd.ts';

export interface ReferenceOptimizer {
  /** By `<parameter>/<slot>`, in the shape of the parameter. */
  readonly slots: Map<string, Values>;
  /** Moves a parameter in place; t counts steps from 1. */
  step(name: string, parameter: Values, gradient: Values, learningRate: number, t: number): void;
}

/** An optimizer at its first step for parameters of these names and sizes. */
export function createOptimizer(numbers: Numbers, settings: Optimizer, parameters: ReadonlyMap<string, Values>): ReferenceOptimizer {
  const slots = new Map<string, Values>();
  if (settings.type === 'sgd') {
    return {
      slots,
      step(name, parameter, gradient, learningRate) {
        const slot = `${name}/momentum`;
        const buffer = sgdStep(numbers, settings, learningRate, parameter, gradient, slots.get(slot) ?? null);
        if (buffer !== null) slots.set(slot, buffer);
      },
    };
  }
  for (const [name, values] of parameters) {
    slots.set(`${name}/m`, numbers.allocate(values.length));
    slots.set(`${name}/v`, numbers.allocate(values.length));
  }
  return {
    slots,
    step(name, parameter, gradient, learningRate, t) {
      adamStep(numbers, settings, learningRate, t, parameter, gradient, slots.get(`${name}/m`)!, slots.get(`${name}/v`)!);
    },
  };
}
