// Factors of numbers with many levels, such as a batch size: what is plotted against them, and what grows with them.

import { significant } from '../../../views/format/number.ts';
import { factorLabel } from '../../ablations/factors.ts';
import type { LevelsPlot } from '../../charts/levels.ts';
import { valueAt } from '../../runs/recipes.ts';
import type { AblationRow } from '../queries/ablations.ts';
import type { AblationSubject } from './ablation.ts';

/** Fewer levels are better read side by side. */
const fewestLevels = 3;

type Groups = AblationSubject['groups'];

/** A plot for each factor with that many numbers, a line for each setting of the other factors. */
export function levelsPlots(groups: Groups): LevelsPlot[] {
  const byFactor = Map.groupBy(groups, ({ statistics }) => statistics.path);
  return [...byFactor].flatMap(([path, members]) => {
    const numbers = numbersOf(members);
    if (numbers.length < fewestLevels) return [];
    const lines = members.map(({ statistics: { setting, levels } }, index) => ({
      label: setting ?? 'all',
      category: index + 1,
      values: numbers.map((number) => (levels.find(({ value }) => value === number)?.observations ?? []).map(({ value }) => value)),
    }));
    return [{ factor: factorLabel(path), levels: numbers.map(String), lines }];
  });
}

/** The levels, rising, where all of them are numbers. */
function numbersOf(groups: Groups): number[] {
  const values = groups.flatMap(({ statistics }) => statistics.levels.map(({ value }) => value));
  if (values.some((value) => typeof value !== 'number')) return [];
  return [...new Set(values as number[])].sort((a, b) => a - b);
}

/** `learning rate grows with batch size: 0.000781 at 2, …`, as the runs were recorded. */
export function scaledWords(factors: AblationRow['factors'], groups: Groups): string[] {
  return factors.flatMap(({ path, scales = [] }) => {
    const members = groups.filter(({ statistics }) => statistics.path === path);
    return scales.map((scaled) => {
      const values = numbersOf(members).flatMap((number) => {
        const run = members.flatMap(({ levels }) => levels).find((level) => level.value === number && level.runs.length > 0)?.runs[0];
        const value = run && valueAt(run.recipe, scaled);
        return typeof value === 'number' ? [`${significant(value)} at ${number}`] : [];
      });
      return `${factorLabel(scaled)} grows with ${factorLabel(path)}: ${values.join(', ')}`;
    });
  });
}
