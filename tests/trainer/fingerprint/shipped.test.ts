// The demonstration's recipe on real images: it learns what the project says, and to the published bit.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { publishedRecipe, readPublished } from '../../../app/runs/published.ts';
import { findFingerprint } from '../../shippedRecipes.ts';

const published = readPublished();
const folder = join(import.meta.dirname, '../../../recipes');

test('published fingerprints belong to shipped recipes', () => {
  for (const [name, { untilEpoch, fingerprint, firstEpoch }] of Object.entries(published)) {
    expect(untilEpoch).toBeLessThanOrEqual(publishedRecipe(name).recipe.epochs);
    for (const hash of [fingerprint, firstEpoch.fingerprint, firstEpoch.weightsSha256, firstEpoch.datasetFingerprint]) {
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
  }
});

test('every shipped recipe that trains alone has one', () => {
  const alone = readdirSync(folder).filter(
    (name) => name.endsWith('.yaml') && 'network' in parse(readFileSync(join(folder, name), 'utf8')),
  );
  expect(alone.sort()).toEqual(Object.keys(published).sort());
});

test('MNIST with batch normalization passes 98.5 % after 2 epochs, with the published fingerprint', { timeout: 300_000 }, async () => {
  const name = 'mnist-simple-cnn.yaml';
  const accuracies: number[] = [];
  const { fingerprint, firstEpoch } = await findFingerprint(name, ({ data }) => accuracies.push(data.validation.accuracy));
  expect(accuracies).toHaveLength(2);
  expect(accuracies[1]).toBeGreaterThanOrEqual(0.985);
  expect({ fingerprint, firstEpoch }).toEqual({ fingerprint: published[name]!.fingerprint, firstEpoch: published[name]!.firstEpoch });
});
