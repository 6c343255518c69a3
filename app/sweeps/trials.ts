// Which trials a sweep consists of, and in which order. Pure: the file is read in `file.ts`, trials are run in `run.ts`.
import { levelLabel, shortFactor } from '../ablations/factors.ts';
import type { Json } from '../ledger/ports.ts';

/** A path of the written recipe and the values it takes. */
export interface Factor {
  path: string;
  values: Json[];
  /** Paths of numbers that grow with it: what the recipe says of them counts at the recipe's own value of the factor. */
  scales?: string[];
}

export interface TrialPlan {
  /** From 1. */
  trial: number;
  seed: number;
  /** Value by factor path. */
  assignment: { [path: string]: Json };
}

/**
 * All combinations under every seed. Seeds are the outer loop and the first factor the slowest inside it, so that runs which are
 * compared with each other stand side by side and a sweep that is stopped leaves whole pairs.
 */
export function enumerateTrials(factors: readonly Factor[], seeds: readonly number[]): TrialPlan[] {
  const combinations = factors.reduce<{ [path: string]: Json }[]>(
    (partial, { path, values }) => partial.flatMap((assignment) => values.map((value) => ({ ...assignment, [path]: value }))),
    [{}],
  );
  return seeds
    .flatMap((seed) => combinations.map((assignment) => ({ seed, assignment })))
    .map((plan, index) => ({ trial: index + 1, ...plan }));
}

/** `mnist-simple-cnn · batchNorm off · seed 1`: the name of a trial's run. */
export function trialName(recipeName: string, plan: TrialPlan): string {
  const settings = Object.entries(plan.assignment).map(([path, value]) => `${shortFactor(path)} ${levelLabel(value)}`);
  return [recipeName, ...settings, `seed ${plan.seed}`].join(' · ');
}
