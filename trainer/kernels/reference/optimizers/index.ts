// The optimizer of a reference engine: its slots by parameter, and which step function moves them.
import type { Parameter } from '../../../network.ts';
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import { assign } from '../../../optimizers/assign.ts';
import type { Rule } from '../../../optimizers/index.ts';
import type { Optimizer } from '../../../recipe.ts';
import type { Matrix } from '../matrix.ts';
import { adagradStep } from './adagrad.ts';
import { adamStep } from './adam.ts';
import { lionStep } from './lion.ts';
import { muonStep } from './muon.ts';
import { rmspropStep } from './rmsprop.ts';
import { sgdStep } from './sgd.ts';

export interface ReferenceOptimizer {
  /** By `<parameter>/<slot>`, in the shape of the parameter. */
  readonly slots: Map<string, Values>;
  /** Whether a slot of this name is one of its own. */
  keeps(slot: string): boolean;
  /** Moves a parameter in place; t counts steps from 1. */
  step(name: string, parameter: Values, gradient: Values, learningRate: number, t: number): void;
}

/** Slots that a rule has from the start, each filled with `empty`. */
function slotsOf(rule: Rule): { names: readonly string[]; empty: number } {
  switch (rule.type) {
    case 'sgd':
      return { names: [], empty: 0 };
    case 'adam':
    case 'adamW':
      return { names: ['m', 'v', ...(rule.amsgrad ? ['vMax'] : [])], empty: 0 };
    case 'rmsprop':
      return { names: ['v', ...(rule.centered ? ['mean'] : []), ...(rule.momentum > 0 ? ['momentum'] : [])], empty: 0 };
    case 'adagrad':
      return { names: ['sum'], empty: rule.initialAccumulatorValue };
    case 'lion':
      return { names: ['m'], empty: 0 };
    case 'muon':
      return { names: ['momentum'], empty: 0 };
  }
}

/** With those that come with the first step. */
function everySlotOf(rule: Rule): readonly string[] {
  return rule.type === 'sgd' && rule.momentum > 0 ? ['momentum'] : slotsOf(rule).names;
}

/** An optimizer at its first step for `parameters`, in the network's order; `matrices` by name. */
export function createOptimizer(
  numbers: Numbers,
  settings: Optimizer,
  parameters: readonly Parameter[],
  matrices: ReadonlyMap<string, Matrix>,
): ReferenceOptimizer {
  const slots = new Map<string, Values>();
  const assignments = new Map(parameters.map((parameter) => [parameter.name, assign(settings, parameter, parameters)]));
  const emptySlot = (count: number, empty: number) => numbers.allocate(count).fill(empty);
  for (const { name, count } of parameters) {
    const { names, empty } = slotsOf(assignments.get(name)!.rule);
    for (const slot of names) slots.set(`${name}/${slot}`, emptySlot(count, empty));
  }
  return {
    slots,
    keeps(slot) {
      const end = slot.lastIndexOf('/');
      const rule = assignments.get(slot.slice(0, end))?.rule;
      return rule !== undefined && everySlotOf(rule).includes(slot.slice(end + 1));
    },
    step(name, parameter, gradient, learningRate, t) {
      const { rule, rate: rateOf } = assignments.get(name)!;
      const rate = rateOf(learningRate);
      /** A slot; a state that came from elsewhere may lack it. */
      const held = (slot: string) => {
        const values = slots.get(`${name}/${slot}`) ?? emptySlot(parameter.length, slotsOf(rule).empty);
        slots.set(`${name}/${slot}`, values);
        return values;
      };
      switch (rule.type) {
        case 'sgd': {
          const buffer = sgdStep(numbers, rule, rate, parameter, gradient, slots.get(`${name}/momentum`) ?? null);
          if (buffer !== null) slots.set(`${name}/momentum`, buffer);
          return;
        }
        case 'adam':
        case 'adamW':
          return adamStep(numbers, rule, rate, t, parameter, gradient, held('m'), held('v'), rule.amsgrad ? held('vMax') : null);
        case 'rmsprop': {
          const own = { v: held('v'), mean: rule.centered ? held('mean') : null, momentum: rule.momentum > 0 ? held('momentum') : null };
          return rmspropStep(numbers, rule, rate, parameter, gradient, own);
        }
        case 'adagrad':
          return adagradStep(numbers, rule, rate, t, parameter, gradient, held('sum'));
        case 'lion':
          return lionStep(numbers, rule, rate, parameter, gradient, held('m'));
        case 'muon':
          return muonStep(numbers, rule, rate, parameter, gradient, held('momentum'), matrices.get(name)!);
      }
    },
  };
}
