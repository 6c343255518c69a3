// Settings that grow with a factor, from the sweep file to the recipe of each trial.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSetting } from '../../../app/runs/recipes.ts';
import { readSweepFile } from '../../../app/sweeps/file.ts';
import { planSweep } from '../../../app/sweeps/plan.ts';
import { tinyDataSet, tinyRecipe } from '../runs/tiny.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-scale-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const plan = (text: object, ...set: string[]) => {
  const path = join(folder, 'sweep.json');
  writeFileSync(path, JSON.stringify(text));
  return planSweep(readSweepFile(path, set.map(parseSetting)), async () => tinyDataSet());
};
const recipe = tinyRecipe({ optimizer: { type: 'sgd', lr: 0.01 }, batch: 8 });

test('the rate of a trial is the recipe’s times its batch over the recipe’s batch; its name says the batch', async () => {
  const { trials } = await plan({ recipe, ablate: { batch: [2, 8, 16] }, scale: { 'optimizer.lr': 'batch' } });
  expect(trials.map(({ recipe: { batch, optimizer } }) => [batch, optimizer.lr])).toEqual([
    [2, 0.0025],
    [8, 0.01],
    [16, 0.02],
  ]);
  expect(trials[0]!.name).toBe('sweep · batch 2 · seed 1');
});

test('what is set for all trials is what grows', async () => {
  const { trials } = await plan({ recipe, ablate: { batch: [4, 8] }, scale: { 'optimizer.lr': 'batch' } }, 'optimizer.lr=0.04');
  expect(trials.map(({ recipe: { optimizer } }) => optimizer.lr)).toEqual([0.02, 0.04]);
});

test('what is no number in the recipe cannot grow', async () => {
  await expect(plan({ recipe, grid: { batch: [4, 8] }, scale: { 'schedule.gamma': 'batch' } })).rejects.toMatchObject({
    code: 'sweep.invalid',
    message: 'scale: schedule.gamma is no number of its own in the recipe',
  });
});
