import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSweepFile } from '../../../app/sweeps/file.ts';
import type { RunledgerError } from '../../../trainer/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-sweeps-'));
  writeFileSync(join(folder, 'base.yaml'), 'dataset: tiny\nseed: 7\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, 'ablation-batchnorm.yaml');
  writeFileSync(path, text);
  return readSweepFile(path);
}

function failure(text: string): RunledgerError {
  try {
    read(text);
  } catch (error) {
    return error as RunledgerError;
  }
  throw new Error('expected an error');
}

test('an ablation of a recipe that stands beside the file', () => {
  expect(read('recipe: base.yaml\nseeds: [1, 2]\nablate: { network.simpleCnn.batchNorm: [true, false] }')).toMatchObject({
    name: 'ablation-batchnorm',
    kind: 'ablation',
    recipeName: 'base',
    recipe: { dataset: 'tiny', seed: 7 },
    seeds: [1, 2],
    factors: [{ path: 'network.simpleCnn.batchNorm', values: [true, false] }],
  });
});

test('an inline recipe is named after the sweep; without seeds the recipe’s own counts', () => {
  expect(read('recipe: { dataset: tiny, seed: 7 }\ngrid: { optimizer.lr: [0.1] }')).toMatchObject({
    kind: 'grid',
    recipeName: 'ablation-batchnorm',
    seeds: [7],
  });
});

test('a mistake in the recipe is placed in the recipe’s file', () => {
  const { written } = read('recipe: base.yaml');
  const error = written.locate({ code: 'x', message: 'y', place: 'seed' } as RunledgerError);
  expect(error.place).toContain('base.yaml:2');
});

test('a mistake in an inline recipe is placed in the sweep file', () => {
  const { written } = read('seeds: [1]\nrecipe:\n  dataset: tiny\n  seed: many\n');
  const error = written.locate({ code: 'x', message: 'y', place: 'seed' } as RunledgerError);
  expect(error.place).toContain('ablation-batchnorm.yaml:4');
});

test.each([
  ['recipe: base.yaml\nseeds: [1, 1]', 'seeds: a seed stands here twice; the same seed gives the same run'],
  ['recipe: base.yaml\ngrid: { a: [1] }\nablate: { a: [1, 2] }', 'ablate: a sweep varies by `grid` or by `ablate`, not by both'],
  [
    'recipe: base.yaml\ngrid: { batch: [1] }\nscale: { optimizer.lr: epochs }',
    'scale: optimizer.lr grows with epochs, which the sweep does not vary',
  ],
  ['recipe: base.yaml\ngrid: { batch: [1, 2], optimizer.lr: [1] }\nscale: { optimizer.lr: batch }', 'scale: optimizer.lr is varied itself'],
  ['recipe: base.yaml\ngrid: { batch: [1, 0] }\nscale: { optimizer.lr: batch }', 'scale: batch takes 0'],
  ['recipe: base.yaml\ngird: { a: [1] }', 'gird: Unrecognized key: "gird"'],
])('%j is refused', (text, message) => {
  expect(failure(text)).toMatchObject({ code: 'sweep.invalid', message });
});

test('what grows with a factor stands with it', () => {
  const { factors } = read('recipe: base.yaml\nablate: { batch: [2, 4], seed: [1, 2] }\nscale: { optimizer.lr: batch }');
  expect(factors).toEqual([
    { path: 'batch', values: [2, 4], scales: ['optimizer.lr'] },
    { path: 'seed', values: [1, 2] },
  ]);
});

test('one value is no ablation', () => {
  expect(failure('recipe: base.yaml\nablate: { a: [1] }').place).toContain('ablation-batchnorm.yaml:2');
});
