// Every optimizer with every option, parameter groups, clipping and averages against PyTorch: ten steps with the rate changed on the way.
// Magnitudes: the same steps with absolute values and the rate's sign turned, so that all terms add. Muon's iteration is no sum of such terms: an
// element of its matrix, at most 1, enters k steps of it with the factor a^k, which is also as much as the iteration enlarges an error of it.
import { describe, expect, test } from 'vitest';
import { averageAfter } from '../../trainer/kernels/reference/average.ts';
import { clipGradient } from '../../trainer/kernels/reference/clip.ts';
import { matrixOf } from '../../trainer/kernels/reference/matrix.ts';
import { createOptimizer } from '../../trainer/kernels/reference/optimizers/index.ts';
import type { Parameter } from '../../trainer/network.ts';
import { double, type Numbers, type Values } from '../../trainer/numbers/numbers.ts';
import { powInt } from '../../trainer/numbers/power.ts';
import { assign } from '../../trainer/optimizers/assign.ts';
import { optimizers } from '../../trainer/optimizers/index.ts';
import { rateFactor } from '../../trainer/optimizers/muon.ts';
import { readTyped } from '../../trainer/recipe/typed.ts';
import type { Clip, Ema, Optimizer } from '../../trainer/recipe.ts';
import { allNumbers, canonical, expectValues, load, magnitudes, type Tensor } from './fixtures.ts';

/** As grid/optimizers.py writes it. */
interface OptimizerCase {
  title: string;
  /** As a recipe says it. */
  optimizer: unknown;
  clip?: Clip;
  ema?: Ema;
  start: Record<string, Tensor>;
  /** `factor` scales every rate; `parameters` are those after the step, `averages` theirs, where they are written down. */
  steps: {
    factor: number;
    gradients: Record<string, number[]>;
    parameters?: Record<string, number[]>;
    averages?: Record<string, number[]>;
  }[];
}

/** As make.py writes it. */
interface VectorCase {
  settings: Optimizer;
  start: Tensor;
  steps: { lr: number; gradient: Tensor; parameter: Tensor }[];
}

const ofVectors = load<VectorCase[]>('optimizers').map(
  ({ settings, start, steps }): OptimizerCase => ({
    title: JSON.stringify(settings),
    optimizer: settings,
    start: { p: start },
    steps: steps.map(({ lr, gradient, parameter }) => ({
      factor: lr / settings.lr,
      gradients: { p: gradient.values },
      parameters: { p: parameter.values },
    })),
  }),
);

/**
 * Steps of a case in some numbers; `turned` with absolute values and the rate's sign turned. Gives the parameters after each, and averages under
 * `<parameter>/ema`.
 */
function run(numbers: Numbers, { optimizer: written, clip, ema, start, steps }: OptimizerCase, turned: boolean): Map<string, Values>[] {
  const settings = readTyped<Optimizer>(optimizers, written, 'optimizer');
  const parameters = Object.entries(start).map(([name, { shape, values }]): Parameter => {
    const [layer, role] = [name.slice(0, name.lastIndexOf('.')), name.endsWith('bias') ? 'bias' : 'weight'] as const;
    return { name, layer, role, shape, count: values.length, init: { constant: 0 } };
  });
  const size = (values: Values) => (turned ? magnitudes(values) : values);
  // A linear layer whose inputs stand in canonical order.
  const matrices = new Map(parameters.map((parameter) => [parameter.name, matrixOf(parameter, [parameter.shape[1] ?? 1, 1, 1])]));
  const values = new Map(Object.entries(start).map(([name, tensor]) => [name, size(canonical(numbers, tensor))]));
  const optimizer = createOptimizer(numbers, settings, parameters, matrices);
  const averages = new Map<string, Values>();
  return steps.map(({ factor, gradients }, i) => {
    const given = new Map(Object.entries(gradients).map(([name, of]) => [name, canonical(numbers, { shape: [], values: of })]));
    const squares = Float64Array.from(given.values(), (gradient) => Float64Array.from(gradient).reduce((sum, g) => sum + g * g, 0));
    const clipped = clipGradient(numbers, clip, squares);
    for (const parameter of parameters) {
      const { name } = parameter;
      const { rule, rate } = assign(settings, parameter, parameters);
      if (turned && rule.type === 'muon') {
        const { rows, columns } = matrices.get(name)!;
        const step = rate(settings.lr * factor) * rateFactor(rule, columns, rows) * powInt(Math.abs(rule.nsCoefficients[0]), rule.nsSteps);
        for (const [j, sum] of values.get(name)!.entries()) values.get(name)![j] = sum + step;
      } else {
        optimizer.step(name, values.get(name)!, size(clipped(given.get(name)!)), (turned ? -1 : 1) * settings.lr * factor, i + 1);
      }
    }
    if (ema !== undefined) {
      for (const [name, parameter] of values) {
        averages.set(`${name}/ema`, averageAfter(numbers, ema.decay, parameter, averages.get(`${name}/ema`) ?? null));
      }
    }
    return new Map([...values, ...averages].map(([name, of]) => [name, of.slice()]));
  });
}

describe.each(allNumbers)('$name', (numbers) => {
  test.each([...load<OptimizerCase[]>('grid/optimizers'), ...ofVectors])('$title', (entry) => {
    const got = run(numbers, entry, false);
    const sums = numbers === double ? got : run(double, entry, true);
    let held = 0;
    for (const [i, { parameters = {}, averages = {} }] of entry.steps.entries()) {
      const ofAverages = Object.entries(averages).map(([name, values]): [string, number[]] => [`${name}/ema`, values]);
      for (const [name, values] of [...Object.entries(parameters), ...ofAverages]) {
        expectValues(numbers, got[i]!.get(name)!, values, i + 2, sums[i]!.get(name)!);
        held++;
      }
    }
    expect(held).toBeGreaterThanOrEqual(entry.ema ? 8 : 4);
  });
});
