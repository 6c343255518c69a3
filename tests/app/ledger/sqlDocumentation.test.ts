// docs/sql.md under test: every column of every published view has its line and its unit, and every answer works in plain sqlite3.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../../../app/ledger/index.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from './synthetic.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/sql.md'), 'utf8');
const [questionsPart, viewsPart] = text.split('\n## The views\n') as [string, string];

const questions = [...questionsPart.matchAll(/^### (.+)\n[^`]*```sql\n([\s\S]*?)```/gm)].map(([, question, sql]) => ({
  question: question!,
  sql: sql!,
}));

const sections = viewsPart.split('\n### ').slice(1);
const documented = new Map(
  sections.map((section) => {
    const lines = section.split('\n').filter((line) => line.startsWith('| `'));
    const entries = lines.map((line) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim()) as [string, string, string]);
    return [section.split('\n')[0]!, entries] as const;
  }),
);

const sqlite3 = spawnSync('sqlite3', ['-version'], { encoding: 'utf8' });
const installed = sqlite3.status === 0;

let ledger: Ledger;

beforeAll(async () => {
  ledger = await openLedger(mkdtempSync(join(tmpdir(), 'runledger-')), { write: true });
  const event = eventSource();
  const plans = [1, 2, 3, 4, 5].map((seed) => ({
    epochs: 6,
    train: 6400,
    seed,
    batchNorm: seed !== 3,
    ...(seed === 4 ? { divergesAt: 2, lr: 0.8 } : {}),
  }));
  for (const [index, plan] of plans.entries()) {
    const queued = event('RunQueued', {
      data: { recipe: syntheticRecipe(plan) as never, name: `run ${plan.seed}`, tags: [], sweep: null },
      attempt: 0,
    });
    await record(ledger.log, streamOf('run', index + 1), 0, [queued, ...asEvents(syntheticFacts(plan), event)]);
  }
});

afterAll(async () => {
  await ledger.close();
  rmSync(ledger.folder, { recursive: true });
});

describe('the views', () => {
  test('every published view has its section, and no other', () => {
    const views = ledger.database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name`).pluck().all();
    expect(views.every((name) => name.startsWith('v1_'))).toBe(true);
    expect([...documented.keys()].sort()).toEqual(views);
  });

  test('every column has its line with a unit and a meaning, in the order of the view', () => {
    for (const [view, entries] of documented) {
      const columns = ledger.database.prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?)').pluck().all(view);
      const described = entries.flatMap(([names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
      expect(described, view).toEqual(columns);
      for (const [names, unit, meaning] of entries) expect(Boolean(unit) && Boolean(meaning), `${view}: ${names}`).toBe(true);
    }
  });

  test('every number that can be NaN has its companion', () => {
    for (const [view, entries] of documented) {
      for (const [names, unit] of entries) {
        const measured = ['nats', '1'].includes(unit) && !names.includes('`lr`');
        expect(names.includes('_state`'), `${view}: ${names}`).toBe(measured || names.includes('_state`'));
      }
    }
  });
});

describe('the answers', () => {
  test('there are ten', () => expect(questions).toHaveLength(10));

  if (!installed && process.env.CI === 'true') throw new Error('sqlite3 is not installed, and CI skips nothing');
  test.runIf(installed).for(questions)('$question', ({ sql }) => {
    const output = execFileSync('sqlite3', ['-readonly', '-json', join(ledger.folder, 'ledger.db'), sql], { encoding: 'utf8' });
    const rows = JSON.parse(output) as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(0);
    const ours = ledger.database.prepare<[], Record<string, unknown>>(sql).all();
    const rounded = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value);
    const comparable = (list: Record<string, unknown>[]) =>
      list.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, rounded(value)])));
    expect(comparable(rows)).toEqual(comparable(ours));
  });
  if (!installed) test.skip('plain sqlite3 answers them: skipped, sqlite3 is not installed');
});
