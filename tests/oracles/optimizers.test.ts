// SGD and Adam against PyTorch, over several steps with the rate changed on the way.
// Magnitudes: the same steps with absolute values and the rate's sign turned, so that all terms add.
import { describe, test } from 'vitest';
import { createOptimizer } from '../../trainer/kernels/reference/optimizer.ts';
import { double } from '../../trainer/numbers/numbers.ts';
import type { Optimizer } from '../../trainer/recipe.ts';
import { allNumbers, canonical, expectValues, load, magnitudes, type Tensor } from './fixtures.ts';

interface OptimizerCase {
  settings: Optimizer;
  start: Tensor;
  steps: { lr: number; gradient: Tensor; parameter: Tensor }[];
}

describe.each(allNumbers)('$name', (numbers) => {
  test.each(load<OptimizerCase[]>('optimizers'))('$settings', ({ settings, start, steps }) => {
    const parameter = canonical(numbers, start);
    const sums = magnitudes(parameter);
    const optimizer = createOptimizer(numbers, settings, new Map([['p', parameter]]));
    const summing = createOptimizer(double, settings, new Map([['p', sums]]));
    for (const [i, step] of steps.entries()) {
      const gradient = canonical(numbers, step.gradient);
      optimizer.step('p', parameter, gradient, step.lr, i + 1);
      summing.step('p', sums, magnitudes(gradient), -step.lr, i + 1);
      expectValues(numbers, parameter, step.parameter.values, i + 2, sums);
    }
  });
});
