// docs/layers.md against the schemas: every kind has a section, every setting its row with the default that holds, every example trains.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createWasmEngine } from '../../trainer/kernels/engine.ts';
import { layerFamilies } from '../../trainer/layers/index.ts';
import { resolveNetwork } from '../../trainer/network.ts';
import { canonicalJson } from '../../trainer/recipe/canonical.ts';
import { isPlainObject } from '../../trainer/recipe/check.ts';
import { readItems, settingsOf } from '../../trainer/recipe/items.ts';
import type { Layer, LayerKind } from '../../trainer/recipe.ts';
import { tinySpec } from '../trainer/reference/tiny.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/layers.md'), 'utf8');
const kinds = Object.keys(layerFamilies) as LayerKind[];

interface Section {
  /** By setting, what stands in the column of defaults. */
  defaults: Map<string, string>;
  example: unknown;
}

const sections = new Map<string, Section>(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const rows = [...section.matchAll(/^\| `(\w+)` *\| (.*?) *\|/gm)];
      const code = section.match(/```yaml\n([\s\S]*?)```/)?.[1] ?? '';
      return [
        section.slice(0, section.indexOf('\n')),
        { defaults: new Map(rows.map(([, name, value]) => [name!, value!])), example: parse(code) },
      ];
    }),
);

const read = (written: unknown): Layer[] => readItems(layerFamilies, written, 'layer', 'network');

/** The settings of the first layer of a kind, as they are written. */
function writtenAs(kind: string, written: unknown): unknown {
  if (Array.isArray(written)) return written.map((entry) => writtenAs(kind, entry)).find((settings) => settings !== undefined);
  if (!isPlainObject(written)) return undefined;
  return written[kind] ?? writtenAs(kind, Object.values(written));
}

test('every kind of layer has a section, and every section is of a kind', () => {
  expect(kinds.filter((kind) => !sections.has(kind))).toEqual([]);
  expect([...sections.keys()].filter((kind) => !Object.hasOwn(layerFamilies, kind))).toEqual([]);
});

describe.each(kinds.filter((kind) => sections.has(kind)))('%s', (kind) => {
  const { defaults, example } = sections.get(kind)!;
  const canonical = (settings: object) => canonicalJson(read([{ [kind]: settings }]));

  /** What the example says of the settings that must be there. */
  function required(): Record<string, unknown> {
    const { nested, shorthand } = layerFamilies[kind];
    const own = writtenAs(kind, example);
    const settings = isPlainObject(own) ? own : { [nested?.[0]?.setting ?? shorthand ?? '']: own };
    const needed = [...defaults].filter(([, value]) => value === 'required').map(([name]) => name);
    return Object.fromEntries(needed.map((name) => [name, settings[name]]));
  }

  test('every setting is described, and no other', () => {
    expect([...defaults.keys()].sort()).toEqual(
      settingsOf(layerFamilies[kind])
        .filter((name) => name !== 'name')
        .sort(),
    );
  });

  test('defaults are those that hold, and what is required is', () => {
    for (const [name, value] of defaults) {
      if (value === 'required') {
        const { [name]: _, ...others } = required();
        expect(() => read([{ [kind]: others }]), name).toThrow(expect.objectContaining({ code: 'recipe.missing' }));
      } else if (value === 'none') {
        expect(canonical(required()), name).not.toContain(name);
      } else if (/^`.*`$/.test(value)) {
        expect(canonical({ ...required(), [name]: parse(value.slice(1, -1)) }), name).toBe(canonical(required()));
      } else {
        // Another setting's value.
        const other = value.match(/^as `(\w+)`$/)![1]!;
        expect(canonical({ ...required(), [name]: required()[other] }), name).toBe(canonical(required()));
      }
    }
  });

  test('the example is of this kind, and trains', () => {
    const network = resolveNetwork(read(example), [3, 32, 32], 10);
    expect(network.layers.map(({ layer }) => layer.kind)).toContain(kind);
    const engine = createWasmEngine(tinySpec(network, { batch: 4 }));
    const { losses } = engine.trainStep({ samples: Uint32Array.of(0, 1, 2, 3), epoch: 1, step: 1, learningRate: 0.01 });
    expect(losses.every((loss) => loss > 0 && loss < 10)).toBe(true);
    engine.dispose();
  });
});
