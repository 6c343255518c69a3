// Which rule moves each parameter of a network, with which weight decay and at which rate: groups by pattern, biases and norms without decay,
// and what an optimizer leaves to another one.
import { RunledgerError } from '../errors.ts';
import { isFilter, type Parameter } from '../network.ts';
import { show } from '../recipe/check.ts';
import { type Optimizer, optimizerFamilies, type Rule } from './index.ts';
import type { Group } from './optimizer.ts';

/** How one parameter moves. */
export interface Assignment {
  rule: Rule;
  /** The parameter's rate where the schedule gives the optimizer's. */
  rate(learningRate: number): number;
}

/** Whether a name fits a pattern: `*` stands for any characters, none included; all else for itself. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

/** The rule and the rate of a parameter; `network` are all parameters in order. The first group that matches counts. */
export function assign(optimizer: Optimizer, parameter: Parameter, network: readonly Parameter[]): Assignment {
  const rule = optimizerFamilies[optimizer.type].ruleFor?.(optimizer, parameter, network) ?? optimizer;
  const group: Partial<Group> = optimizer.groups?.find(({ match }) => matches(match, parameter.name)) ?? {};
  const usual = !isFilter(parameter) && optimizer.decayBiasesAndNorms === false ? 0 : rule.weightDecay;
  const lr = group.lr ?? rule.lr;
  return {
    rule: { ...rule, lr, weightDecay: group.weightDecay ?? usual },
    // Without a rate of its own it is the schedule's, to the bit.
    rate: lr === optimizer.lr ? (learningRate) => learningRate : (learningRate) => lr * (learningRate / optimizer.lr),
  };
}

/** Throws `recipe.group` where a pattern matches no parameter of the network. */
export function checkGroups({ groups = [] }: Optimizer, network: readonly Parameter[]): void {
  const names = network.map(({ name }) => name);
  for (const [index, { match }] of groups.entries()) {
    if (names.some((name) => matches(match, name))) continue;
    const place = `optimizer.groups[${index}].match`;
    throw new RunledgerError('recipe.group', `${place} is ${show(match)}, and no parameter is named like that`, {
      place,
      help: `the network has ${names.join(', ')}; * stands for any characters`,
    });
  }
}
