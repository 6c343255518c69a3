// A run that was taken up, forked or replayed: its page, the table and the comparison say so.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewEvent } from '../../../../app/ledger/ports.ts';
import { eventSource, streamOf, uuidOf } from '../../../contracts/events.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from '../../ledger/synthetic.ts';
import { type OpenPages, openPages } from '../open.ts';
import { wordsOf } from './ablation.ts';

let pages: OpenPages;
const event = eventSource();
const plan = { epochs: 4, train: 640 };
const facts = [...syntheticFacts(plan)];
const taken = facts.findIndex(({ type }) => type === 'CheckpointTaken');
const { epoch, step, sha256 } = facts[taken]!.data as { epoch: number; step: number; sha256: string };
const lost = 5;
const [resumed, parent, fork, orphan] = [uuidOf(1), uuidOf(2), uuidOf(3), uuidOf(4)];

const queued = (name: string, changes = {}): NewEvent =>
  event('RunQueued', { data: { recipe: syntheticRecipe({ ...plan, ...changes }) as never, name, tags: [], sweep: null } });
const forkedFrom = (of: string): NewEvent =>
  event('RunForked', {
    data: {
      parent: of,
      parentConfiguration: of.at(-1)!.repeat(64),
      event: uuidOf(99),
      epoch: 2,
      step: 20,
      checkpoint: 'd'.repeat(64),
      validation: { loss: 1, accuracy: 0.5 },
    },
  });
/** Its start, then the epochs after the second. */
const rest = facts.filter((fact, index) => index === 0 || ('epoch' in fact.data && fact.data.epoch > 2) || fact.type === 'RunCompleted');
const replayed = (differs: boolean): NewEvent =>
  event('RunReplayed', {
    data: {
      verdict: differs ? 'differs' : 'identical',
      fromEpoch: 0,
      untilEpoch: 4,
      facts: 20,
      difference: differs
        ? { epoch: 3, step: 25, fact: 'StepsMeasured', layer: null, value: 'lossMean', recorded: 1, replayed: 2, note: null }
        : null,
    },
  });

beforeAll(async () => {
  pages = await openPages();
  const { log } = pages.ledger;
  await record(log, streamOf('run', 1), 0, [
    queued('taken up'),
    ...asEvents(facts.slice(0, taken + 1 + lost), event),
    event('RunInterrupted', { data: { why: 'lease', lastBeat: null } }),
    event('RunResumed', { data: { attempt: 2, checkpoint: sha256, epoch, step }, attempt: 2 }),
    ...asEvents(facts.slice(taken + 1), event),
  ]);
  await record(log, streamOf('run', 2), 0, [queued('parent', { seed: 2 }), ...asEvents(syntheticFacts({ ...plan, seed: 2 }), event)]);
  await record(log, streamOf('run', 3), 0, [queued('the fork', { lr: 0.01 }), forkedFrom(parent), ...asEvents(rest, event)]);
  await record(log, streamOf('run', 4), 0, [queued('an orphan', { lr: 0.1 }), forkedFrom(uuidOf(77)), ...asEvents(rest, event)]);
  await record(log, `${streamOf('run', 2)}/after`, 0, [replayed(false)]);
  await record(log, `${streamOf('run', 3)}/after`, 0, [replayed(false), replayed(true)]);
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const page = (path: string): Promise<string> => pages.page(path);

test('a resumed run says which attempt it is, where it went on, and how much was left behind', async () => {
  const text = await page(`/runs/${resumed}`);
  expect(wordsOf(text)).toContain(`Attempt 2 went on from step ${step}, the end of epoch ${epoch}, at 14 Mar 2026`);
  expect(wordsOf(text)).toContain(`${lost} facts of earlier attempts are superseded and stay in the history`);
  expect(wordsOf(await page(`/runs/${parent}`))).not.toContain('Attempt');
});

test('the facts it left behind are marked in the list of events, and no others', async () => {
  const rows = async (query: string) =>
    [...(await page(`/runs/${resumed}${query}`)).matchAll(/<tr id="event-(\d+)"( class="superseded")?>/g)].map(
      ([, version, mark]) => [Number(version), mark !== undefined] as const,
    );
  const interrupted = 1 + taken + 1 + lost + 1;
  const shown = await rows(`?before=${interrupted + 8}`);
  const marked = shown.filter(([, isMarked]) => isMarked).map(([version]) => version);
  expect(marked).toEqual(Array.from({ length: lost }, (_, index) => interrupted - 1 - index));
  // Before it was taken up again nothing was left behind.
  expect((await rows(`?at=${interrupted}`)).some(([, isMarked]) => isMarked)).toBe(false);
});

test('each event opens the run as of itself', async () => {
  const text = await page(`/runs/${parent}?type=RunCompleted`);
  const position = pages.ledger.database
    .prepare<[string], number>(`SELECT position FROM v1_events WHERE stream = ? AND type = 'RunCompleted'`)
    .pluck()
    .get(`run/${parent}`)!;
  expect(text).toContain(`<a href="/runs/${parent}?at=${position}">${position}</a>`);
});

test('a fork leads to its parent, the parent to its forks', async () => {
  const own = await page(`/runs/${fork}`);
  expect(wordsOf(own)).toContain('Fork of parent at the end of epoch 2');
  expect(own).toContain(`<a href="/runs/${parent}">parent</a>`);
  expect(own).toContain(`href="/compare?runs=${parent},${fork}"`);
  const above = await page(`/runs/${parent}`);
  expect(wordsOf(above)).toContain('Forked the fork at epoch 2');
  expect(above).toContain(`<a href="/runs/${fork}">the fork</a>`);
  expect(wordsOf(await page(`/runs/${orphan}`))).toContain('which is not in this ledger');
  // The fork had not begun when its parent ended.
  const ended = pages.ledger.database
    .prepare<[string], number>('SELECT max(position) FROM v1_events WHERE stream = ?')
    .pluck()
    .get(`run/${parent}`)!;
  expect(wordsOf(await page(`/runs/${parent}?at=${ended}`))).not.toContain('Forked');
});

test('a replay is a badge: on the page with the epoch of the first difference, in the table as a word', async () => {
  expect(await page(`/runs/${parent}`)).toMatch(/<span class="badge good"[^>]*>replay identical<\/span>/);
  expect(await page(`/runs/${fork}`)).toMatch(/<span class="badge bad"[^>]*>replay differs at epoch 3<\/span>/);
  expect(await page(`/runs/${resumed}`)).not.toContain('replay');
  const table = await page('/');
  const badges = [...table.matchAll(/<tr id="row-[\s\S]*?<\/tr>/g)].map(([row]) => [
    /<a href="\/runs\/[^"]+">([^<]+)</.exec(row)![1],
    /class="badge (\w+)"/.exec(row)?.[1] ?? null,
  ]);
  expect(badges).toEqual(
    expect.arrayContaining([
      ['the fork', 'bad'],
      ['an orphan', null],
    ]),
  );
});

test('a comparison shows a fork and its parent as one tree', async () => {
  const text = await page(`/compare?runs=${parent},${fork}`);
  expect(wordsOf(text)).toContain('Fork the fork begins at the end of epoch 2 of parent.');
  expect(text).toContain('fork at epoch 2');
  expect(text).toMatch(/<p class="lineage">[\s\S]*?<i class="swatch k3">/);
  const csv = (await pages.get(`/compare/charts/validation-accuracy.csv?runs=${parent},${fork}`)).text
    .split('\r\n')
    .map((line) => line.split(','));
  const column = csv.slice(1, 5).map((line) => [line[0], line.at(-2), line.at(-1)]);
  expect(column[0]![2]).toBe('');
  expect(column[1]![2]).toBe(column[1]![1]);
  expect(column[2]![2]).not.toBe('');
});

test('compared without its parent, a fork offers it; an orphan says there is none', async () => {
  const alone = await page(`/compare?runs=${fork}`);
  expect(wordsOf(alone)).toContain('the fork begins at the end of epoch 2 of parent . compare with it');
  expect(alone).toContain(`href="/compare?runs=${encodeURIComponent(`${fork},${parent}`)}"`);
  expect(wordsOf(await page(`/compare?runs=${orphan}`))).toContain('of a run that is not in this ledger');
});
