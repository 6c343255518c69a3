// What every optimizer's settings have in common, and what a kind of optimizer says about itself. How a step is computed is the engine's affair.
import * as z from 'zod';
import type { Parameter } from '../network.ts';
import { flag, numberFrom } from '../recipe/values.ts';
import type { Rule } from './index.ts';

const group = z.strictObject({
  match: z
    .string('a pattern over names of parameters, e.g. batchNorm2d.*')
    .min(1, 'a pattern over names of parameters, e.g. batchNorm2d.*'),
  lr: numberFrom(0).optional(),
  weightDecay: numberFrom(0).optional(),
});

/** Parameters whose names a pattern matches, with settings of their own; what is not said is the optimizer's. */
export type Group = z.infer<typeof group>;

/** Names of a group's settings. */
export const groupSettings = Object.keys(group.shape);

/** Settings of every optimizer: which parameters have others. Left out of the canonical form where they change nothing. */
export const perParameter = {
  groups: z.array(group, 'a list of groups: { match: a pattern, lr: …, weightDecay: … }').optional(),
  decayBiasesAndNorms: flag().optional(),
};

export const perParameterDefaults = { groups: [], decayBiasesAndNorms: true };

/** For a message where `ownRates` does not hold. */
export const ownRatesTake = 'a number above 0 where groups have rates of their own, which follow the schedule in proportion to it';

/** Rates of groups are scaled as `lr` is, so it must not be 0 where there are any. */
export function ownRates({ lr, groups = [] }: { lr: number; groups?: Group[] | undefined }): boolean {
  return lr > 0 || groups.every((entry) => entry.lr === undefined);
}

export interface OptimizerFamily<O> {
  schema: z.ZodType<O>;
  /** Which rule moves a parameter, where the optimizer leaves some to another one; `network` are all parameters in order. */
  ruleFor?(optimizer: O, parameter: Parameter, network: readonly Parameter[]): Rule;
}
