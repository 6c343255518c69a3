// Numbers that grow with a factor: `scale: { optimizer.lr: batch }` gives every trial the recipe's rate times its batch over the recipe's batch,
// so that a step of twice as many images is twice as long (Goyal et al., 2017).
import { RunledgerError } from '../../trainer/errors.ts';
import type { Recipe } from '../../trainer/index.ts';
import type { Json } from '../ledger/ports.ts';
import { liesWithin, type Setting, valueAt } from '../runs/recipes.ts';
import type { Factor, TrialPlan } from './trials.ts';

/** The factors, each with what grows with it. Error `sweep.invalid`, with the path in the sweep file. */
export function scaleFactors(factors: readonly Factor[], scale: Readonly<Record<string, string>>): Factor[] {
  for (const [path, by] of Object.entries(scale)) {
    const refuse = (message: string, help: string) => {
      throw new RunledgerError('sweep.invalid', `scale: ${message}`, { place: 'scale', help });
    };
    const factor = factors.find((candidate) => candidate.path === by);
    if (factor === undefined)
      refuse(
        `${path} grows with ${by}, which the sweep does not vary`,
        `it varies ${factors.map(({ path: varied }) => varied).join(', ') || 'nothing'}`,
      );
    if (factors.some((candidate) => liesWithin(path, candidate.path) || liesWithin(candidate.path, path)))
      refuse(`${path} is varied itself`, 'a setting is either varied or scaled');
    const odd = factor!.values.find((value) => typeof value !== 'number' || !(value > 0));
    if (odd !== undefined) refuse(`${by} takes ${JSON.stringify(odd)}`, `what ${path} grows with must be numbers above 0`);
  }
  return factors.map((factor) => {
    const scales = Object.keys(scale).filter((path) => scale[path] === factor.path);
    return scales.length === 0 ? factor : { ...factor, scales };
  });
}

/** What the scaled settings of a trial come to. `recipe` is the canonical one that the sweep varies. Error `sweep.invalid`. */
export function scaledSettings(
  recipe: Recipe,
  factors: readonly Factor[],
  { assignment }: Pick<TrialPlan, 'assignment'>,
  file: string,
): Setting[] {
  return factors.flatMap(({ path: by, scales = [] }) =>
    scales.map((path): Setting => {
      const [base, own, value] = [numberAt(recipe, path, file), numberAt(recipe, by, file), assignment[by] as number];
      return { path, value: (base * value) / own, place: `${file}, scale: ${path} with ${by}` };
    }),
  );
}

function numberAt(recipe: Recipe, path: string, file: string): number {
  const value = valueAt(recipe, path);
  if (typeof value === 'number' && value > 0) return value;
  const found = value === undefined ? 'no number of its own' : JSON.stringify(value as Json);
  throw new RunledgerError('sweep.invalid', `scale: ${path} is ${found} in the recipe`, {
    place: file,
    help: 'only settings that stand by their name in the recipe and are numbers above 0 can grow with another, e.g. optimizer.lr with batch',
  });
}
