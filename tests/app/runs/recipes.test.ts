import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRecipe, checkFit, parseSetting } from '../../../app/runs/recipes.ts';
import { readWritten } from '../../../app/runs/written.ts';
import type { DataSetOutline, RunledgerError } from '../../../trainer/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-recipes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = `dataset: tiny
split: { train: 8, validation: 2 }
network:
  - conv2d: { out: 4, kernel: 3 }
  - flatten
  - linear: classes
optimizer: { type: adam, lr: 0.001 }
batch: 4
epochs: 1
`;

function read(text: string) {
  const path = join(folder, 'recipe.yaml');
  writeFileSync(path, text);
  return readWritten(path);
}

function failure(action: () => unknown): RunledgerError {
  try {
    action();
  } catch (error) {
    return error as RunledgerError;
  }
  throw new Error('expected an error');
}

describe('settings', () => {
  test('values are YAML', () => {
    expect(['a=0.01', 'a=true', 'a=sgd', 'a=[]', 'a={ type: sgd, lr: 0.1 }'].map((text) => parseSetting(text).value)).toEqual([
      0.01,
      true,
      'sgd',
      [],
      { type: 'sgd', lr: 0.1 },
    ]);
  });

  test('without a value it is a mistake of usage', () => {
    expect(failure(() => parseSetting('optimizer.lr'))).toMatchObject({ code: 'usage', help: '--set optimizer.lr=0.01' });
  });

  test('they change the recipe', () => {
    expect(buildRecipe(read(written), [parseSetting('optimizer.lr=0.5')]).optimizer.lr).toBe(0.5);
  });

  test('of two settings of one path the later one counts, and is the one that is wrong', () => {
    const [good, bad] = [parseSetting('optimizer.lr=0.5'), parseSetting('optimizer.lr=fast')];
    expect(buildRecipe(read(written), [parseSetting('optimizer.lr=0.1'), good]).optimizer.lr).toBe(0.5);
    expect(failure(() => buildRecipe(read(written), [good, bad]))).toMatchObject({ code: 'usage', place: '--set optimizer.lr=fast' });
  });

  test('they reach into lists, and into what an earlier one has set', () => {
    const texts = ['network[0].conv2d.out=8', 'augment=[horizontalFlip, {randomCrop: 2}]', 'augment[1].randomCrop=3'];
    const { network, augment } = buildRecipe(read(written), texts.map(parseSetting));
    expect(network[0]).toMatchObject({ kind: 'conv2d', out: 8 });
    expect(augment[1]).toMatchObject({ kind: 'randomCrop', padding: 3 });
  });

  test('a path that does not exist is usage, with the setting that was meant', () => {
    const error = failure(() => buildRecipe(read(written), [parseSetting('optimiser.lr=0.01')]));
    expect(error).toMatchObject({ code: 'usage', help: 'did you mean  --set optimizer.lr=0.01' });
  });

  test('a bad value of a setting is placed on the command line, not in the file', () => {
    const error = failure(() => buildRecipe(read(written), [parseSetting('optimizer.lr=fast')]));
    expect(error).toMatchObject({ code: 'usage', place: '--set optimizer.lr=fast' });
  });
});

describe('places in the file', () => {
  test('line, the lines before, and carets under the value', () => {
    const error = failure(() => buildRecipe(read(written.replace('epochs: 1', 'epochs: many')), []));
    expect(error.code).toBe('recipe.value');
    expect(error.place?.split('\n')).toEqual([
      join(folder, 'recipe.yaml:9'),
      '7 |  optimizer: { type: adam, lr: 0.001 }',
      '8 |  batch: 4',
      '9 |  epochs: many',
      '             ^^^^',
    ]);
  });

  test('a layer that does not fit the data', () => {
    const tiny = { shape: { channels: 1, height: 2, width: 2 }, classes: ['a', 'b'], train: { count: 10 } } satisfies DataSetOutline;
    const file = read(written);
    const error = failure(() => checkFit(buildRecipe(file, []), tiny, file, []));
    expect(error.code).toBe('recipe.shape');
    expect(error.place).toContain('recipe.yaml:4\n');
    expect(error.place).toContain('^');
  });

  test('a split beyond the data set', () => {
    const tiny = { shape: { channels: 1, height: 8, width: 8 }, classes: ['a', 'b'], train: { count: 9 } } satisfies DataSetOutline;
    const file = read(written);
    const error = failure(() => checkFit(buildRecipe(file, []), tiny, file, []));
    expect(error.code).toBe('recipe.split');
    expect(error.place).toContain('recipe.yaml:2\n');
  });

  test('what is missing is shown where it should stand; a file without it has no excerpt', () => {
    expect(failure(() => buildRecipe(read(written.replace(/^epochs.*\n/m, '')), [])).place).toBe(join(folder, 'recipe.yaml'));
  });

  test('broken YAML', () => {
    const error = failure(() => read('dataset: [tiny\nbatch: 4\n'));
    expect(error.code).toBe('file.syntax');
    expect(error.place).toContain('recipe.yaml:');
  });

  test('no file', () => {
    expect(failure(() => readWritten(join(folder, 'none.yaml')))).toMatchObject({ code: 'file.missing' });
  });
});
