// Runs of one configuration as a group with a name, a colour and a baseline: what a comparison and a report are made of.
import type { RunRow } from '../queries/runs.ts';
import { flatRecipe } from './recipeWords.ts';

export interface RunGroup {
  /** Of its runs, or of the configuration where they have nothing in common. */
  name: string;
  /** For the end of a line: what sets it apart from the other groups. */
  label: string;
  category: number;
  /** By seed. */
  runs: RunRow[];
}

/** Groups in the order in which their first run was given; the one that holds `baseline` comes first. `apart` leaves every run alone. */
export function groupRuns(runs: readonly RunRow[], options: { baseline?: string | null; apart?: boolean } = {}): RunGroup[] {
  const byKey = new Map<string, RunRow[]>();
  for (const run of runs) {
    const key = options.apart ? run.id : run.configId;
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  const members = [...byKey.values()].map((group) => group.sort((a, b) => a.seed - b.seed));
  const base = members.findIndex((group) => group.some(({ id }) => id === options.baseline));
  if (base > 0) members.unshift(...members.splice(base, 1));
  const labels = shortLabels(members);
  const categories = coloursOf(members);
  return members.map((group, index) => ({ name: commonName(group), label: labels[index]!, category: categories[index]!, runs: group }));
}

/** Two variants are always 1 (with batch normalization) and 2 (without); else in order. Forks begin at 3, so that their parents have 1 and 2. */
function coloursOf(groups: RunRow[][]): number[] {
  const [first, second] = groups;
  const forks = groups.map((group) => group[0]!.parentRunId !== null);
  if (!forks.includes(true)) {
    const inOrder = groups.map((_, index) => (index % 10) + 1);
    if (groups.length !== 2 || first?.[0]?.batchNorm === second?.[0]?.batchNorm) return inOrder;
    return first?.[0]?.batchNorm ? inOrder : [2, 1];
  }
  const next = { fork: 3, other: 1 };
  return forks.map((fork) => {
    if (fork) return ((next.fork++ - 1) % 10) + 1;
    // After the second one they share the rest with the forks, from behind.
    const colour = next.other++;
    return colour <= 2 ? colour : Math.max(3, 13 - colour);
  });
}

/** What the names begin with, without a trailing seed; the configuration where they share nothing. */
export function commonName(runs: readonly RunRow[]): string {
  const [first, ...others] = runs.map(({ name }) => name);
  if (first === undefined) return '';
  let common = first;
  for (const name of others) while (!name.startsWith(common)) common = common.slice(0, -1);
  const trimmed = runs.length === 1 ? first : common.replace(/[\s·,:#/_-]+((seed|s)[\s·,:#/_-]*\d*)?$/i, '');
  return trimmed.length >= 3 ? trimmed : `configuration ${runs[0]!.configId.slice(0, 8)}`;
}

const longestLabel = 16;

function shortLabels(groups: RunRow[][]): string[] {
  const recipes = groups.map(([first]) => flatRecipe(first?.recipe ?? {}));
  const paths = [...new Set(recipes.flatMap((recipe) => [...recipe.keys()]))].filter((path) => path !== 'seed');
  const differing = paths.filter((path) => new Set(recipes.map((recipe) => recipe.get(path))).size > 1);
  const norms = groups.map(([first]) => first?.batchNorm);
  if (groups.length === 2 && norms[0] !== norms[1] && differing.every((path) => /batchNorm[12]d/.test(path)))
    return norms.map((norm) => (norm ? 'with BN' : 'without'));
  const [only] = differing;
  if (only !== undefined && differing.length === 1) {
    const word = only.split(' ').at(-1)!;
    return recipes.map((recipe) => clip(`${word} ${recipe.get(only) ?? 'none'}`));
  }
  const names = groups.map((group) => commonName(group));
  const candidates = [names.map(clip), names.map(clipStart), groups.map(([first]) => `seed ${first?.seed}`)];
  return candidates.find((labels) => new Set(labels).size === labels.length) ?? groups.map((_, index) => `group ${index + 1}`);
}

const clip = (text: string): string => (text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 1)}…`);
/** Keeps the end, from a whole word on. */
function clipStart(text: string): string {
  if (text.length <= longestLabel) return text;
  const tail = text.slice(1 - longestLabel);
  const word = tail.search(/[\s·:/-]/);
  return `…${word >= 0 && word < tail.length / 2 && !/[\s·:/-]/.test(text.at(-longestLabel)!) ? tail.slice(word + 1) : tail}`;
}
