// docs/ledger.md under test: every event of the catalogue has its section, every field its line, and there is no other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fieldsOfTypes } from '../../../app/ledger/catalogue/index.ts';
import { eventSource } from '../../contracts/events.ts';
import { asEvents, syntheticFacts } from './synthetic.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/ledger.md'), 'utf8');
const sections = text
  .split('\n### ')
  .slice(1)
  .map((section) => section.split('\n'));

/** Fields by type, those of `measured` with that word in front. */
const documented = new Map(
  sections.map((lines) => {
    const rows = lines.filter((line) => line.startsWith('| `'));
    return [lines[0]!.replaceAll('`', ''), rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))];
  }),
);

test('every type of the catalogue has its section, and no other', () => {
  expect([...documented.keys()].sort()).toEqual(Object.keys(fieldsOfTypes).sort());
  expect(documented.size).toBe(sections.length);
});

test.for(Object.entries(fieldsOfTypes))('%s: every field has its line, and no other', ([type, fields]) => {
  const lines = documented.get(type)!.filter((name) => !name.startsWith('measured.'));
  expect(lines.sort()).toEqual([...fields].sort());
});

test('facts carry nothing that is not told, what was measured included', () => {
  const plans = [{ epochs: 6 }, { epochs: 3, divergesAt: 2 }];
  const facts = plans.flatMap((plan) => asEvents(syntheticFacts({ ...plan, train: 640 }), eventSource()));
  expect(new Set(facts.map(({ type }) => type)).size).toBeGreaterThan(7);
  for (const { type, data, measured } of facts) {
    const found = [...Object.keys(data as object), ...Object.keys(measured as object).map((name) => `measured.${name}`)];
    expect(
      found.filter((name) => !documented.get(type)!.includes(name)),
      type,
    ).toEqual([]);
  }
});

test('every section says in which stream its events stand', () => {
  for (const [title, , place] of sections) expect(place, title).toMatch(/^`(run|sweep|ablation)\/<uuid>(\/(notes|requests|after))?`/);
});
