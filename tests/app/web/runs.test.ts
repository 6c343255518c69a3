// The table of runs over a real ledger: what is folded, sorted, filtered and shown, and what a page that refreshes itself keeps.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf } from '../../views/validate.ts';
import { type OpenPages, openPages } from './open.ts';
import type { SimulatedRun } from './simulation.ts';

let pages: OpenPages;
let running: SimulatedRun;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

/** Names of the rows, in order; repeats of an unfolded group with an indent. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/<tr id="row-([^"]+)"[\s\S]*?<a href="\/runs\/[^"]+">([^<]+)<\/a>/g)].map(([, id, name]) =>
    id!.startsWith('repeat') ? `  ${name}` : name!,
  );
}

function rowOf(text: string, name: string): string {
  return text.match(/<tr id="row-[\s\S]*?<\/tr>/g)!.find((row) => row.includes(`>${name}</a>`))!;
}

const words = (markup: string) =>
  markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
const names = async (query: string) => namesIn((await pages.get(`/${query}`)).text);

test('an empty ledger says what to type, and a mark that waits for the first run', async () => {
  const { status, text } = await pages.get('/');
  expect([status, await faultsOf(text)]).toEqual([200, []]);
  expect(text).toContain('<p class="code">npm start</p>');
  expect(text).toContain('hx-target="#main"');
});

describe('with runs', () => {
  beforeAll(async () => {
    for (const seed of [1, 3])
      for (const batchNorm of [true, false])
        await pages.finish({ seed, batchNorm, name: `twin · bn ${batchNorm ? 'on' : 'off'} · seed ${seed}` });
    const failed = await pages.queue({ name: '<b>broken</b>', tags: ['odd'], lr: 0.5 });
    await failed.start();
    await failed.epoch();
    await failed.fail();
    await pages.queue({ name: 'waiting', dataset: 'cifar10', lr: 0.2 });
    running = await pages.queue({ name: 'under way', epochs: 30, dataset: 'cifar10' });
    await running.start();
    await running.epoch();
  });

  test('newest first; completed repeats are one row with mean ± sd', async () => {
    const { text } = await pages.get('/');
    expect(await faultsOf(text)).toEqual([]);
    expect(namesIn(text)).toEqual(['under way', 'waiting', '&lt;b&gt;broken&lt;/b&gt;', 'twin · bn off', 'twin · bn on']);
    expect(words(text)).toContain('7 runs , folded to 5 rows');
    const group = words(rowOf(text, 'twin · bn on'));
    // Accuracies after three epochs: 0.985 − 0.05 + (1 and 3 times 7919) mod 13 / 2000.
    const accuracies = [1, 3].map((seed) => 93.5 + ((seed * 7919) % 13) / 20);
    const mean = (accuracies[0]! + accuracies[1]!) / 2;
    const deviation = Math.abs(accuracies[0]! - accuracies[1]!) / Math.SQRT2;
    expect(group).toContain(`n = 2 completed ${mean.toFixed(1)} ± ${deviation.toFixed(1)}`);
  });

  test('a running row carries its progress, a failed one its reason and NaN its name', async () => {
    const { text } = await pages.get('/');
    expect(rowOf(text, 'under way')).toContain('<progress class="progress" value="1" max="30" aria-label="1 of 30 epochs">');
    expect(words(rowOf(text, 'under way'))).toContain('running');
    expect(words(rowOf(text, '&lt;b&gt;broken&lt;/b&gt;'))).toContain('odd failed The loss became NaN failed');
    expect(text).not.toContain('<b>broken');
  });

  test('a group unfolds to its seeds by its link, and folds again', async () => {
    const { text } = await pages.get('/');
    const link = rowOf(text, 'twin · bn off')
      .match(/class="fold" href="([^"]+)"/)![1]!
      .replaceAll('&amp;', '&');
    const unfolded = await pages.get(link);
    expect(await faultsOf(unfolded.text)).toEqual([]);
    expect(namesIn(unfolded.text).slice(3)).toEqual(['twin · bn off', '  seed 1', '  seed 3', 'twin · bn on']);
    const back = rowOf(unfolded.text, 'twin · bn off').match(/class="fold" href="([^"]+)"/)![1]!;
    expect(back).toBe('/');
  });

  test.each([
    ['?sort=accuracy', ['twin · bn on', 'twin · bn off', 'under way', '&lt;b&gt;broken&lt;/b&gt;', 'waiting']],
    ['?sort=accuracy&order=up', ['under way', '&lt;b&gt;broken&lt;/b&gt;', 'twin · bn off', 'twin · bn on', 'waiting']],
    ['?sort=name', ['&lt;b&gt;broken&lt;/b&gt;', 'twin · bn off', 'twin · bn on', 'under way', 'waiting']],
    ['?sort=started&order=up', ['twin · bn on', 'twin · bn off', '&lt;b&gt;broken&lt;/b&gt;', 'waiting', 'under way']],
    ['?sort=nonsense', ['under way', 'waiting', '&lt;b&gt;broken&lt;/b&gt;', 'twin · bn off', 'twin · bn on']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('each column sorts by its link and says so', async () => {
    const { text } = await pages.get('/');
    const links = [...text.matchAll(/<th scope="col"[^>]*><a href="([^"]+)">/g)].map(([, href]) => href!.replaceAll('&amp;', '&'));
    expect(links).toHaveLength(14);
    for (const link of links) {
      const sorted = await pages.get(link);
      expect(namesIn(sorted.text)).toHaveLength(5);
      expect(sorted.text.match(/aria-sort="(ascending|descending)"/g)).toHaveLength(1);
    }
  });

  test.each([
    ['?q=TWIN', ['twin · bn off', 'twin · bn on']],
    ['?q=odd', ['&lt;b&gt;broken&lt;/b&gt;']],
    ['?q=aaaaaaa1', ['twin · bn on · seed 1']],
    ['?q=100%25', []],
    ['?status=running', ['under way']],
    ['?status=completed&q=seed+3', ['twin · bn off · seed 3', 'twin · bn on · seed 3']],
    ['?dataset=cifar10', ['under way', 'waiting']],
    ['?dataset=cifar10&status=completed', []],
    ["?q=')+OR+1=1--", []],
  ])('filter %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('where nothing matches, a way back; the filter keeps what was asked', async () => {
    const { text } = await pages.get('/?q=%22quoted%22&status=running&dataset=unheard');
    expect(await faultsOf(text)).toEqual([]);
    expect(text).toContain('No run matches');
    expect(text).toContain('value="&quot;quoted&quot;"');
    expect(text).toContain('<option value="running" selected>');
    expect(text).toContain('<option value="unheard" selected>');
  });

  test('a page that refreshes itself keeps its rows while runs are added and end', async () => {
    const before = await pages.get('/');
    const live = before.text.match(/id="runs" hx-get="([^"]+)"/)![1]!.replaceAll('&amp;', '&');
    const refresh = async () => {
      const { text } = await pages.get(live);
      expect(await faultsOf(text)).toEqual([]);
      return text;
    };
    expect(namesIn(await refresh())).toEqual(namesIn(before.text));

    await running.epoch();
    await pages.finish({ seed: 2, name: 'twin · bn on · seed 2' });
    await pages.queue({ name: 'new one', dataset: 'cifar10', seed: 9 });
    const text = await refresh();
    expect(namesIn(text)).toEqual(namesIn(before.text));
    expect(rowOf(text, 'under way')).toContain('value="2" max="30"');
    expect(words(rowOf(text, 'twin · bn on'))).toContain('n = 3');
    expect(words(text)).toContain('2 newer runs');
    // The next refresh asks for the same.
    expect(text.match(/id="runs" hx-get="([^"]+)"/)![1]!.replaceAll('&amp;', '&')).toBe(live);

    await running.complete();
    const ended = await refresh();
    expect(namesIn(ended)).toEqual(namesIn(before.text));
    expect(words(rowOf(ended, 'under way'))).toContain('completed');
    expect((await names(''))[0]).toBe('new one');
  });

  test('repeats that end while they are read stay rows, until they are asked to fold', async () => {
    const twins = [
      await pages.queue({ seed: 11, lr: 0.07, name: 'late · seed 11', epochs: 1 }),
      await pages.queue({ seed: 12, lr: 0.07, name: 'late · seed 12', epochs: 1 }),
    ];
    const before = await pages.get('/?q=late');
    const live = before.text.match(/id="runs" hx-get="([^"]+)"/)![1]!.replaceAll('&amp;', '&');
    for (const twin of twins) {
      await twin.start();
      await twin.epoch();
      await twin.complete();
    }
    const { text } = await pages.get(live);
    expect(namesIn(text)).toEqual(['late · seed 12', 'late · seed 11']);
    expect(words(text)).toContain('Repeats are complete 2 rows fold into a mean ± sd. Fold them');
    expect(text).toMatch(/<a href="\/\?q=late">Fold them/);
    expect(namesIn((await pages.get('/?q=late')).text)).toEqual(['late']);
  });
});
