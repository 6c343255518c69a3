// What differs between the recipes of groups, and nothing else unless all is asked for.
import type { RunGroup } from './groups.ts';
import { flatRecipe } from './recipeWords.ts';

export interface DifferenceRow {
  path: string;
  /** Of the baseline first; null where the recipe has no such entry. */
  values: (string | null)[];
  differs: boolean;
}

export function recipeDifference(groups: readonly RunGroup[]): DifferenceRow[] {
  const recipes = groups.map((group) => {
    const flat = flatRecipe(group.runs[0]?.recipe ?? {});
    flat.set('seed', group.runs.map(({ seed }) => seed).join(', '));
    return flat;
  });
  const paths = [...new Set(recipes.flatMap((recipe) => [...recipe.keys()]))];
  return paths.map((path) => {
    const values = recipes.map((recipe) => recipe.get(path) ?? null);
    return { path, values, differs: new Set(values).size > 1 };
  });
}
