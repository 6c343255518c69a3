// docs/schedules.md under test: every schedule has its section, every setting its line with its default, and every example trains.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRecipe } from '../../trainer/index.ts';
import { keysOf } from '../../trainer/recipe/check.ts';
import { stopSchema } from '../../trainer/recipe/stop.ts';
import { scheduleFamilies } from '../../trainer/schedules/index.ts';
import { ofType, record } from '../trainer/recorded.ts';
import { tinyRecipe } from '../trainer/syntheticDataSet.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/schedules.md'), 'utf8');
const shared = ['per', 'warmup'];
const small = { network: ['flatten', { linear: 'classes' }], augment: [], split: { train: 12, validation: 8 }, batch: 4, epochs: 3 };

interface Section {
  name: string;
  /** Setting and default, as written. */
  rows: [setting: string, standard: string][];
  examples: string[];
}

/** Parts of the page under headings of either level. */
const sections: Section[] = text.split(/\n##+ /).map((part) => ({
  name: part.split('\n')[0]!,
  rows: [...part.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, setting, standard]) => [setting!, standard!] as const as [string, string]),
  examples: [...part.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!),
}));
const sectionOf = (name: string): Section => sections.find((section) => section.name === name)!;
const types = Object.keys(scheduleFamilies) as (keyof typeof scheduleFamilies)[];

test('every schedule has its section, and no other', () => {
  const [begin, end] = [sections.indexOf(sectionOf('The schedules')), sections.indexOf(sectionOf('Endings'))];
  expect(sections.slice(begin + 1, end).map(({ name }) => name)).toEqual(types);
});

test('the settings of every schedule have their lines', () => {
  expect(sectionOf('Settings of every schedule').rows.map(([setting]) => setting)).toEqual(shared);
});

describe.each(types)('%s', (type) => {
  const { rows, examples } = sectionOf(type);
  const settings = keysOf(scheduleFamilies[type].schema).filter((key) => key !== 'type' && !shared.includes(key));

  test('every setting has its line, and no other', () => {
    expect(rows.map(([setting]) => setting).sort()).toEqual(settings.sort());
  });

  test('defaults are those of the program', () => {
    const example = parse(examples[0]!).schedule as Record<string, unknown>;
    const required = rows.filter(([, standard]) => standard === 'required').map(([setting]) => setting);
    const least = { type, ...Object.fromEntries(required.map((setting) => [setting, example[setting]])) };
    const read = parseRecipe({ ...tinyRecipe, schedule: least }).schedule as unknown as Record<string, unknown>;
    const said = Object.fromEntries(rows.map(([setting, standard]) => [setting, standard]));
    for (const [setting, standard] of Object.entries(said)) {
      if (standard === 'required') {
        const { [setting]: _, ...without } = least as Record<string, unknown>;
        expect(() => parseRecipe({ ...tinyRecipe, schedule: without }), setting).toThrow(`schedule.${setting} is missing`);
      } else expect(read[setting] === undefined ? 'the run’s' : String(read[setting]), setting).toBe(spelt(standard));
    }
  });

  test('the example trains', async () => {
    expect(examples).toHaveLength(1);
    const { schedule } = parse(examples[0]!) as { schedule: { type: string } };
    expect(schedule.type).toBe(type);
    const facts = await record({ ...small, schedule });
    expect(facts.at(-1)).toMatchObject({ type: 'RunCompleted', data: { epochs: 3 } });
    expect(ofType(facts, 'LearningRateChanged')[0]!.data.schedule).toBe(type);
  });
});

/** As `String` writes it. */
function spelt(standard: string): string {
  return Number.isFinite(Number(standard)) ? String(Number(standard)) : standard.replace("'", '’');
}

describe('endings', () => {
  const { rows, examples } = sectionOf('Endings');

  test('every setting has its line, and no other', () => {
    expect(rows.map(([setting]) => setting)).toEqual(keysOf(stopSchema));
  });

  test('the example is read as it stands, trains, and has the defaults that are said', async () => {
    const { stop } = parse(examples[0]!) as { stop: Record<string, unknown> };
    expect(parseRecipe({ ...tinyRecipe, stop }).stop).toEqual(stop);
    expect(ofType(await record({ ...small, stop }), 'RunCompleted')).toHaveLength(1);
    const read = parseRecipe({ ...tinyRecipe, stop: { patience: 1 } }).stop as Record<string, unknown>;
    for (const [setting, standard] of rows) {
      if (setting !== 'patience') expect(String(read[setting] ?? 'none'), setting).toBe(standard);
    }
  });
});

test('the first example trains', async () => {
  const [first] = sections[0]!.examples;
  expect((await record({ ...small, ...parse(first!) })).at(-1)!.type).toBe('RunCompleted');
});
