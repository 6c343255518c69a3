import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, configurationId, parseRecipe, setPath } from '../../../trainer/index.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

/** Values that plain JSON writes too: small numbers, no −0. */
const json = fc
  .jsonValue()
  .map((value): unknown => JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'number' ? inner % 1e6 || 0 : inner))));

/** The same value with the keys of every object in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

test('canonical JSON says what JSON says, whatever the order of keys', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
    { seed: 4 },
  );
});

test('keys sorted, no spaces, numbers as ECMAScript prints them, and text for what JSON lacks', () => {
  const value = { b: [1e-7, 1e21, 0.1], a: null, undefined, c: Number.NaN, d: -0, e: Number.NEGATIVE_INFINITY, é: 'ü"' };
  expect(canonicalJson(value)).toBe('{"a":null,"b":[1e-7,1e+21,0.1],"c":"NaN","d":"-0","e":"-Infinity","é":"ü\\""}');
});

test('what JSON does not hold is refused', () => {
  expect(() => canonicalJson({ ids: [1n] })).toThrow('value.ids[0] is a bigint');
});

test('a configuration id knows data set and recipe, not the seed, and not how the recipe was written', () => {
  const recipe = parseRecipe(tinyRecipe);
  const id = configurationId(recipe, 'a'.repeat(64));
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(configurationId({ ...recipe, seed: 2 }, 'a'.repeat(64))).toBe(id);
  expect(configurationId(parseRecipe(recipe), 'a'.repeat(64))).toBe(id);
  expect(configurationId(recipe, 'b'.repeat(64))).not.toBe(id);
  for (const [path, value] of [
    ['optimizer.lr', 0.02],
    ['network[6].dropout.p', 0.3],
    ['split.seed', 1],
    ['epochs', 3],
    ['arithmetic', 'strict'],
    ['record.stepsPerEpoch', 20],
  ] as const) {
    expect(configurationId(parseRecipe(setPath(tinyRecipe, path, value)), 'a'.repeat(64)), path).not.toBe(id);
  }
});
