// Finds runs that differ in exactly one factor, declared as an ablation or not, from their canonical recipes.
// Layers are compared by name, which leaving one out never changes, so a network with and one without batch normalization
// differ in one factor only. Statistics are `analysis.ts`; where the runs come from is `queries.ts`.
import { everyLayer, type RecordedLayer } from '../../trainer/index.ts';
import type { Json } from '../ledger/ports.ts';
import { type Comparison, comparePaired, type Observation, type Summary, summarize } from './analysis.ts';

/** A completed run as grouping needs it. */
export interface FactorRun extends Observation {
  configId: string;
  dataset: string;
  datasetFingerprint: string;
  /** Canonical, as recorded. */
  recipe: { [key: string]: Json };
}

export interface Level {
  value: Json;
  observations: Observation[];
  summary: Summary;
}

export interface FactorGroup {
  /** Path of the factor, e.g. `network.batchNorm2d`, `optimizer.lr`. */
  path: string;
  dataset: string;
  /** What the other factors of a declared sweep are set to, in prose; null where there are none. */
  setting: string | null;
  /** The reference first: `true` of a switch, else the first declared or the smallest. */
  levels: Level[];
  /** Reference minus each further level, in order. */
  comparisons: Comparison[];
}

/** Levels in order, the first being what the others are compared with. */
export function buildGroup(
  path: string,
  dataset: string,
  levels: { value: Json; observations: Observation[] }[],
  setting: string | null = null,
): FactorGroup {
  const ordered = [...levels].sort((a, b) => Number(b.value === true) - Number(a.value === true));
  const [reference, ...others] = ordered;
  return {
    path,
    dataset,
    setting,
    levels: ordered.map((level) => ({ ...level, summary: summarize(level.observations.map(({ value }) => value)) })),
    comparisons: reference === undefined ? [] : others.map((level) => comparePaired(reference.observations, level.observations)),
  };
}

/** Every group of configurations on the same data that differ in one factor and nothing else but the seed. */
export function findGroups(runs: readonly FactorRun[]): FactorGroup[] {
  const buckets = new Map<string, { path: string; dataset: string; levels: Map<string, { value: Json; observations: Observation[] }> }>();
  for (const run of runs) {
    const factors = recipeFactors(run.recipe);
    const written = [...factors].map(([path, value]) => ({ path, text: JSON.stringify([path, value]) }));
    for (const [path, value] of factors) {
      const rest = written.filter(({ path: other }) => !other.startsWith(`${path}.`) && other !== path && !path.startsWith(`${other}.`));
      const key = `${run.datasetFingerprint} ${path} ${rest.map(({ text }) => text).join()}`;
      const bucket = buckets.get(key) ?? { path, dataset: run.dataset, levels: new Map() };
      buckets.set(key, bucket);
      const level = bucket.levels.get(JSON.stringify(value)) ?? { value, observations: [] };
      bucket.levels.set(JSON.stringify(value), level);
      level.observations.push({ runId: run.runId, seed: run.seed, value: run.value });
    }
  }
  return [...buckets.values()]
    .filter(({ levels }) => levels.size > 1)
    .filter(({ levels }) => differAsWhole([...levels.values()].map(({ value }) => value)))
    .map(({ path, dataset, levels }) => buildGroup(path, dataset, asSwitch([...levels.values()]).sort(byValue)));
}

/** One setting and its absence read as `true` and `false`. */
function asSwitch<T extends { value: Json }>(levels: T[]): T[] {
  if (levels.length !== 2 || !levels.some(({ value }) => value === false)) return levels;
  return levels.map((level) => ({ ...level, value: level.value !== false }));
}

/**
 * What a canonical recipe decides, by factor, in a fixed order, without the seed. Objects with a `type` are a factor as a whole and by field;
 * layers and augmentations are factors by kind: all entries of the kind, those within blocks too, or `false` where there is none.
 */
export function recipeFactors(recipe: { [key: string]: Json }): Map<string, Json> {
  const factors = new Map<string, Json>();
  for (const [key, value] of Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === 'seed') continue;
    if (key === 'network' || key === 'augment') addKinds(factors, key, everyLayer(value as RecordedLayer[]) as { [key: string]: Json }[]);
    else addLeaves(factors, key, value);
  }
  return factors;
}

/** Kinds whose absence is a level too, so that runs without them stand beside runs with them. */
const optionalKinds: Record<string, string[]> = {
  network: ['batchNorm2d', 'dropout'],
  augment: ['horizontalFlip', 'randomCrop'],
};

function addKinds(factors: Map<string, Json>, key: string, entries: { [key: string]: Json }[]): void {
  const kinds = new Set([...(optionalKinds[key] ?? []), ...entries.map(({ kind }) => kind as string)]);
  for (const kind of [...kinds].sort()) {
    const same = entries.filter((entry) => entry.kind === kind);
    factors.set(`${key}.${kind}`, same.length === 0 ? false : same);
  }
}

function addLeaves(factors: Map<string, Json>, path: string, value: Json): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    factors.set(path, value);
    return;
  }
  if ('type' in value) factors.set(path, value);
  for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) addLeaves(factors, `${path}.${key}`, inner);
}

/** An object with a `type` is one factor only between types; within a type its fields are the factors. */
function differAsWhole(values: Json[]): boolean {
  const types = values.map((value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value.type : undefined));
  return types[0] === undefined || new Set(types).size > 1;
}

function byValue(a: { value: Json }, b: { value: Json }): number {
  if (typeof a.value === 'number' && typeof b.value === 'number') return a.value - b.value;
  return JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1;
}
