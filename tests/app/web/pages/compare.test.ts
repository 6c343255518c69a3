// `/compare` over a real ledger: how runs are chosen, what a difference is between, and what the page says where pairs are few.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../../../views/validate.ts';
import { type OpenPages, openPages } from '../open.ts';
import type { SimulatedRun } from '../simulation.ts';
import { wordsOf } from './ablation.ts';

let pages: OpenPages;
const seeds = [1, 2, 3, 4, 5];
let on: SimulatedRun[];
let off: SimulatedRun[];

beforeAll(async () => {
  pages = await openPages();
  const repeats = (batchNorm: boolean, word: string) =>
    Promise.all(seeds.map((seed) => pages.finish({ name: `twin ${word} · seed ${seed}`, seed, batchNorm, epochs: 4 })));
  [on, off] = await Promise.all([repeats(true, 'on'), repeats(false, 'off')]);
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const compare = async (query: string) => {
  const { status, text } = await pages.get(`/compare${query}`);
  expect(status).toBe(200);
  expect(await faultsOf(text)).toEqual([]);
  return text;
};
const of = (...runs: SimulatedRun[]) => `?runs=${runs.map(({ id }) => id).join(',')}`;

test('without runs it says how to choose them; words that mean nothing are named', async () => {
  expect(wordsOf(await compare(''))).toContain('Choose runs to compare');
  expect(wordsOf(await compare('?runs=nobody'))).toContain('There is no run “nobody”.');
});

describe('repeats of two configurations', () => {
  test('fold into groups with mean, sd and n; the baseline is pinned', async () => {
    const text = await compare(of(...on, ...off));
    expect(text).toContain('<h1>With and without batch normalization</h1>');
    expect(text.match(/<tr class="pinned">/g)).toHaveLength(1);
    expect(wordsOf(text)).toMatch(/twin on with BN n = 5 baseline 96\.\d ± 0\.\d base/);
  });

  test('five pairs give an interval and a coloured difference, a filled mark and a sentence', async () => {
    const text = await compare(of(...on, ...off));
    // The simulated ceilings differ by 2 points in every seed.
    expect(wordsOf(text)).toMatch(
      /In short twin off: −2\.0 points of validation accuracy against twin on \(95 % interval −2\.0 to −2\.0, 5 pairs\)/,
    );
    expect(text).toContain('<span class="best worse">−2.0</span>');
    expect(text).toContain('aria-label="−2.0 points, 95 % interval −2.0 to −2.0, 5 pairs"');
    expect(text).toMatch(/<g class="k2">.*?<circle class="pt" /);
  });

  test('two pairs give an interval, but no conclusion: grey, hollow, too few', async () => {
    const text = await compare(of(on[0]!, on[1]!, off[0]!, off[1]!));
    expect(wordsOf(text)).toContain('as seen so far; 2 seeds allow no conclusion');
    expect(text).toContain('<span class="best muted">−2.0</span>');
    expect(text).toContain('2 pairs, too few');
    expect(text).toMatch(/<g class="k2">.*?<circle class="pt hollow" /);
  });

  test('a single pair has no interval', async () => {
    const text = await compare(of(on[0]!, off[0]!));
    expect(text).toContain('aria-label="−2.0 points, 1 pair, too few to conclude"');
  });

  test('another baseline turns the sign; with batch normalization stays the first colour', async () => {
    const text = await compare(`${of(...on, ...off)}&baseline=${off[0]!.id}`);
    expect(text).toContain('<span class="best better">+2.0</span>');
    expect(wordsOf(text)).toMatch(/twin off without n = 5 baseline/);
    expect(text).toMatch(/<tr class="pinned">.*?swatch k2/);
  });

  test('apart, every run is its own group, in small multiples beyond five', async () => {
    const text = await compare(`${of(...on, off[0]!)}&repeats=apart`);
    expect(text).toContain('6 groups, 6 runs');
    expect(text).toContain('/compare/charts/validation-accuracy-6.csv?');
    expect(wordsOf(text)).toContain('no pair');
  });
});

test('the recipe shows what differs and nothing else, all on request', async () => {
  const short = wordsOf(await compare(of(on[0]!, off[0]!)));
  expect(short).toContain('network. batchNorm2d.1');
  expect(short).not.toContain('optimizer. lr');
  expect(wordsOf(await compare(`${of(on[0]!, off[0]!)}&recipe=all`))).toContain('optimizer. lr');
});

test('a run under way is shown but enters no difference, and the page refreshes itself', async () => {
  const running = await pages.queue({ name: 'twin on · seed 6', seed: 6, epochs: 4 });
  await running.start();
  await running.epoch();
  const text = await compare(of(...on, ...off, running));
  expect(wordsOf(text)).toContain('n = 5 of 6 running');
  expect(text).toMatch(/<div id="comparison"[^>]*hx-get="\/compare\?runs=/);
});

test('names stand for all runs that carry them', async () => {
  expect(wordsOf(await compare('?runs=twin on · seed 1, twin off · seed 1'))).toContain('2 groups, 2 runs');
});

test.each(['validation-accuracy', 'training-accuracy', 'validation-loss', 'learning-rate', 'difference', 'bn-agreement-1'])(
  'chart %s as table, CSV and SVG',
  async (name) => {
    const query = of(...on, ...off);
    expect(await compare(`/charts/${name}${query}`)).toContain('<table class="table still">');
    expect((await pages.get(`/compare/charts/${name}.csv${query}`)).text.split('\r\n').length).toBeGreaterThan(2);
    expect((await pages.get(`/compare/charts/${name}.svg${query}`)).text).toContain('</svg>');
  },
);
