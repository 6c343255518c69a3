import { expect, test } from 'vitest';
import { type FactorRun, findGroups } from '../../../app/ablations/groups.ts';
import { tooFew, verdict } from '../../../app/ablations/verdict.ts';
import type { Json } from '../../../app/ledger/ports.ts';

const norm = { kind: 'batchNorm2d', name: 'batchNorm2d.1', eps: 1e-5, momentum: 0.1 };

function recipe({ batchNorm = true, optimizer = { type: 'adam', lr: 0.001 } as Json, seed = 1, batch = 64 }) {
  const layers: Json[] = [{ kind: 'conv2d', name: 'conv2d.1', out: 4 }, ...(batchNorm ? [norm] : []), { kind: 'relu', name: 'relu.1' }];
  return { dataset: 'tiny', network: layers, augment: [], optimizer, batch, seed };
}

function run(id: string, value: number, written: ReturnType<typeof recipe>, datasetFingerprint = 'data'): FactorRun {
  return { runId: id, configId: '', dataset: 'tiny', datasetFingerprint, seed: written.seed, value, recipe: written };
}

test('with and without batch normalization are one group, paired by seed, with as the reference', () => {
  const groups = findGroups([
    run('d', 0.8, recipe({ batchNorm: false, seed: 2 })),
    run('c', 0.9, recipe({ seed: 2 })),
    run('b', 0.7, recipe({ batchNorm: false })),
    run('a', 0.9, recipe({})),
  ]);
  expect(groups).toHaveLength(1);
  const [group] = groups;
  expect(group?.path).toBe('network.batchNorm2d');
  expect(group?.levels.map(({ value, summary }) => [value, summary.n])).toEqual([
    [true, 2],
    [false, 2],
  ]);
  expect(group?.comparisons[0]?.mean).toBeCloseTo(0.15, 12);
  expect(verdict(group!, group!.comparisons[0]!)).toBe(
    'Batch normalization: +15.0 points of validation accuracy as seen so far; 2 seeds allow no conclusion.',
  );
});

test('batch normalization within a residual block is the same factor', () => {
  const block = (body: Json[]): Json[] => [{ kind: 'residual', name: 'residual.1', body: [{ kind: 'relu', name: 'relu.1' }, ...body] }];
  const written = (body: Json[]) => ({ ...recipe({}), network: block(body) });
  const groups = findGroups([run('a', 0.9, written([norm])), run('b', 0.8, written([]))]);
  expect(groups.map(({ path, levels }) => [path, levels.map(({ value }) => value)])).toEqual([['network.batchNorm2d', [true, false]]]);
});

test('two factors apart is no group', () => {
  expect(findGroups([run('a', 1, recipe({})), run('b', 1, recipe({ batchNorm: false, batch: 32 }))])).toEqual([]);
});

test('other data is no group', () => {
  expect(findGroups([run('a', 1, recipe({})), run('b', 1, recipe({ batchNorm: false }), 'other data')])).toEqual([]);
});

test('a rate is a factor of its own, smallest first; the optimizer as a whole only where its type differs', () => {
  const rate = (lr: number) => recipe({ optimizer: { type: 'adam', lr } });
  const byRate = findGroups([run('a', 1, rate(0.1)), run('b', 1, rate(0.01)), run('c', 1, rate(0.001))]);
  expect(byRate.map(({ path, levels }) => [path, levels.map(({ value }) => value)])).toEqual([['optimizer.lr', [0.001, 0.01, 0.1]]]);
  const byType = findGroups([run('a', 1, rate(0.1)), run('b', 1, recipe({ optimizer: { type: 'sgd', lr: 0.1, momentum: 0 } }))]);
  expect(byType.map(({ path }) => path)).toEqual(['optimizer']);
});

test('five pairs allow a conclusion, fewer say how many they are', () => {
  expect([0, 1, 2, 5].map(tooFew)).toEqual([
    'no seed has both, which allows no conclusion',
    '1 seed allows no conclusion',
    '2 seeds allow no conclusion',
    null,
  ]);
  const seeds = [1, 2, 3, 4, 5];
  const [group] = findGroups(
    seeds.flatMap((seed) => [
      run(`w${seed}`, 0.9 + seed / 1000, recipe({ seed })),
      run(`o${seed}`, 0.85, recipe({ batchNorm: false, seed })),
    ]),
  );
  expect(verdict(group!, group!.comparisons[0]!)).toBe(
    'Batch normalization helps: +5.3 points of validation accuracy (95 % interval +5.1 to +5.5).',
  );
});
