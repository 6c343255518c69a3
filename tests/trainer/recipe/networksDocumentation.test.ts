// docs/networks.md is true: presets with their options and parameters, examples that parse, shorthands that stand for what it says.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRecipe, resolveNetwork } from '../../../trainer/index.ts';
import { presets } from '../../../trainer/presets/index.ts';
import { keysOf } from '../../../trainer/recipe/check.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

const text = readFileSync(new URL('../../../docs/networks.md', import.meta.url), 'utf8');
const rows = new Map([...text.matchAll(/^\| `(\w+)` .*$/gm)].map(([row, name]) => [name!, row]));
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => parse(yaml!));

test('names every preset, with its options', () => {
  expect([...rows.keys()]).toEqual(Object.keys(presets));
  for (const [name, { schema }] of Object.entries(presets)) {
    const others = keysOf(schema).filter((option) => !['head', 'dropout'].includes(option));
    const named = [
      ...rows
        .get(name)!
        .split('|')[4]!
        .matchAll(/`(\w+)`/g),
    ].map(([, option]) => option);
    expect(named.sort(), name).toEqual(others.sort());
  }
});

test.each([...rows])('%s: parameters, head and dropout as written', (name, row) => {
  const [, , , parameters, , end] = row.split('|').map((cell) => cell.trim());
  const { head, dropout } = presets[name]!.schema.parse({}) as { head: string; dropout: number };
  expect(end).toBe(`${head}, ${dropout}`);
  const network = parameters!.includes('no norm') ? { [name]: { batchNorm: false } } : name;
  const grey = parameters!.includes('MNIST');
  const { parameterCount } = resolveNetwork(parseRecipe({ ...tinyRecipe, network }).network, grey ? [1, 28, 28] : [3, 32, 32], 10);
  expect(parameterCount).toBe(Number(parameters!.split(' ')[0]!.replaceAll(',', '')));
});

test('examples parse, and the shorthand stands for what is written below it', () => {
  const networks = examples.filter(Array.isArray).map((network) => parseRecipe({ ...tinyRecipe, network }).network);
  expect(networks).toHaveLength(2);
  expect(networks[0]).toEqual(networks[1]);
  const [loss] = examples.filter((example) => !Array.isArray(example));
  expect(parseRecipe({ ...tinyRecipe, ...loss }).loss).toMatchObject({ crossEntropy: { labelSmoothing: 0.1 } });
});
