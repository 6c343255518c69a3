// Nothing that a recipe may say of a layer, a loss or an optimizer is without PyTorch's values: every kind, and every setting of it, stands in a case of
// fixtures/grid. Schedules hold the same in schedules.test.ts.
import { describe, expect, test } from 'vitest';
import { type LayerKind, layerFamilies } from '../../trainer/layers/index.ts';
import { crossEntropySettings } from '../../trainer/losses/index.ts';
import { optimizers } from '../../trainer/optimizers/index.ts';
import { keysOf } from '../../trainer/recipe/check.ts';
import { settingsOf } from '../../trainer/recipe/items.ts';
import { load } from './fixtures.ts';

/** What has no values of PyTorch's to compare with, and why. */
const without: Readonly<Record<string, string>> = {
  name: 'a name',
  init: 'draws are our own: their distributions, and fans and gains against PyTorch, are in initialisation.test.ts',
};

interface GridCase {
  layer?: unknown;
  network?: unknown[];
}

const files = ['activations', 'convolutions', 'joins', 'light', 'linear', 'norms', 'pooling', 'sampleNorms'];

/** `conv2d`, and `conv2d.stride` where a case says the setting, of every layer in every case, nested ones too. */
const said = new Set<string>();

function collect(written: unknown): void {
  if (typeof written === 'string') {
    said.add(written);
    return;
  }
  for (const [kind, settings] of Object.entries(written as Record<string, unknown>)) {
    const family = layerFamilies[kind as LayerKind];
    said.add(kind);
    if (Array.isArray(settings)) {
      said.add(`${kind}.${family.nested?.[0]?.setting}`);
      for (const item of settings.flat()) collect(item);
    } else if (typeof settings === 'object' && settings !== null) {
      for (const [setting, value] of Object.entries(settings)) {
        said.add(`${kind}.${setting}`);
        if (family.nested?.some((nested) => nested.setting === setting)) for (const item of (value as unknown[]).flat()) collect(item);
      }
    } else said.add(`${kind}.${family.shorthand}`);
  }
}

for (const { layer, network } of files.flatMap((file) => load<GridCase[]>(`grid/${file}`)))
  for (const item of network ?? [layer]) collect(item);

describe.each(Object.keys(layerFamilies) as LayerKind[])('layer %s', (kind) => {
  const settings = settingsOf(layerFamilies[kind]).filter((setting) => !(setting in without));
  test('has a fixture', () => expect([...said]).toContain(kind));
  test.each(settings)('has a fixture for %s', (setting) => expect([...said]).toContain(`${kind}.${setting}`));
});

describe('losses', () => {
  const cases = load<{ loss: string | { crossEntropy: object } }[]>('grid/losses').map(({ loss }) => loss);
  const settings = cases.flatMap((loss) => (typeof loss === 'string' ? [] : Object.keys(loss.crossEntropy)));
  test.each(['mse', 'bceWithLogits'])('%s has a fixture', (loss) => expect(cases).toContain(loss));
  test.each(keysOf(crossEntropySettings))('crossEntropy has a fixture for %s', (setting) => expect(settings).toContain(setting));
});

describe.each(Object.entries(optimizers))('optimizer %s', (type, schema) => {
  const cases = load<{ optimizer: string | Record<string, unknown> }[]>('grid/optimizers').map(({ optimizer }) =>
    typeof optimizer === 'string' ? { type: optimizer } : optimizer,
  );
  // Groups and what is without decay are the same for all: one optimizer's cases say it for the others.
  const shared = ['groups', 'decayBiasesAndNorms'];
  const settings = keysOf(schema).filter((setting) => setting !== 'type');
  test.each(settings)('has a fixture for %s', (setting) => {
    const own = shared.includes(setting) ? cases : cases.filter((optimizer) => optimizer.type === type);
    expect(own.flatMap((optimizer) => Object.keys(optimizer))).toContain(setting);
  });
});
