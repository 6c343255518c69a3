// A sweep worked out before anything is recorded: every trial with its canonical recipe and its name, so that a mistake in one
// of them is found while nothing has happened yet.
import { configurationId, type DataSet, type Recipe, RunledgerError } from '../../trainer/index.ts';
import { buildRecipe, checkFit, type Setting } from '../runs/recipes.ts';
import type { SweepFile } from './file.ts';
import { scaledSettings } from './scale.ts';
import { enumerateTrials, type TrialPlan, trialName } from './trials.ts';

export interface PlannedTrial extends TrialPlan {
  name: string;
  /** Canonical, seed included. */
  recipe: Recipe;
  dataset: DataSet;
  configurationId: string;
}

export interface SweepPlan {
  file: SweepFile;
  trials: PlannedTrial[];
}

/** Errors: `sweep.invalid` where two trials are the same run, and those of recipes, placed in their file. `load` is asked once for each data set. */
export async function planSweep(file: SweepFile, load: (name: string) => Promise<DataSet>): Promise<SweepPlan> {
  const loading = new Map<string, Promise<DataSet>>();
  const datasetOf = (name: string): Promise<DataSet> => {
    const dataset = loading.get(name) ?? load(name);
    loading.set(name, dataset);
    return dataset;
  };
  const written = { ...file.written, value: file.recipe };
  const set = Object.fromEntries(file.settings.map(({ path, value }) => [path, value]));
  const trials: PlannedTrial[] = [];
  const base = file.factors.some(({ scales }) => scales !== undefined) ? buildRecipe(written, file.settings) : null;
  for (const plan of enumerateTrials(file.factors, file.seeds)) {
    const settings: Setting[] = [
      ...file.settings,
      ...Object.entries(plan.assignment).map(([path, value]) => ({
        path,
        value,
        place: `${file.path}, ${path}: ${JSON.stringify(value)}`,
      })),
      ...(base === null ? [] : scaledSettings(base, file.factors, plan, file.path)),
      { path: 'seed', value: plan.seed, place: `${file.path}, seeds: ${plan.seed}` },
    ];
    const recipe = buildRecipe(written, settings);
    const dataset = await datasetOf(recipe.dataset);
    checkFit(recipe, dataset, written, settings);
    trials.push({
      ...plan,
      name: trialName(file.recipeName, { ...plan, assignment: { ...set, ...plan.assignment } }),
      recipe,
      dataset,
      configurationId: configurationId(recipe, dataset.fingerprint),
    });
  }
  refuseTwins(file, trials);
  return { file, trials };
}

/** The same configuration and seed give the same bits: such trials would count one result twice. */
function refuseTwins(file: SweepFile, trials: readonly PlannedTrial[]): void {
  const first = new Map<string, PlannedTrial>();
  for (const trial of trials) {
    const key = `${trial.configurationId} ${trial.seed}`;
    const twin = first.get(key);
    first.set(key, twin ?? trial);
    if (twin === undefined) continue;
    throw new RunledgerError('sweep.invalid', `trials ${twin.trial} and ${trial.trial} are the same run, ${trial.name}`, {
      place: file.path,
      help: 'name each value once; values that mean the same in this recipe are one',
    });
  }
}
