// The demonstration's recipe on real images: it learns what the project says, and to the published bit.
import { expect, test } from 'vitest';
import { findFingerprint, readFingerprints, readRecipe } from '../../shippedRecipes.ts';

const published = readFingerprints();

test('published fingerprints belong to shipped recipes', () => {
  for (const [name, { untilEpoch, fingerprint }] of Object.entries(published)) {
    expect(untilEpoch).toBeLessThanOrEqual(readRecipe(name).epochs);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('MNIST with batch normalization passes 98.5 % after 2 epochs, with the published fingerprint', { timeout: 300_000 }, async () => {
  const name = 'mnist-simple-cnn.yaml';
  const accuracies: number[] = [];
  const found = await findFingerprint(name, published[name]!, ({ data }) => accuracies.push(data.validation.accuracy));
  expect(accuracies).toHaveLength(2);
  expect(accuracies[1]).toBeGreaterThanOrEqual(0.985);
  expect(found).toBe(published[name]!.fingerprint);
});
