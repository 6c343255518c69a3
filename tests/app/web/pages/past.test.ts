// Pages as of an event: one meaning of `at` on all of them, links that stay in the past, a way back, and what is no moment.
// That each shows what a ledger shows that ended there is tests/app/web/moments.test.ts'.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsOf } from '../../../views/validate.ts';
import { type OpenPages, openPages } from '../open.ts';
import type { SimulatedRun } from '../simulation.ts';
import { type SimulatedAblation, simulateAblation, wordsOf } from './ablation.ts';

let pages: OpenPages;
let first: SimulatedRun;
let second: SimulatedRun;
let ablation: SimulatedAblation;
/** Positions: the second run's first event, its second epoch, and the newest event. */
let began: number;
let epoch2: number;
let newest: number;

beforeAll(async () => {
  pages = await openPages();
  first = await pages.finish({ name: 'first', seed: 1 });
  second = await pages.queue({ name: 'second', seed: 2 });
  began = position();
  await second.start();
  await second.epoch();
  await second.epoch();
  epoch2 = position();
  await second.epoch();
  await second.complete();
  ablation = await simulateAblation(pages, { n: 1, seeds: [1, 2] });
  newest = position();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

function position(): number {
  return pages.ledger.database.prepare<[], number>('SELECT max(position) FROM v1_events').pluck().get()!;
}

const page = (path: string): Promise<string> => pages.page(path);

const hrefs = (text: string): string[] =>
  [...text.matchAll(/(?:href|action|data-chart)="([^"]+)"/g)].map(([, href]) => href!.replaceAll('&amp;', '&'));
const mainOf = (text: string): string => /<main[^>]*>([\s\S]*)<\/main>/.exec(text)![1]!;

test('the table shows the runs there were, as they stood', async () => {
  const text = await page(`/?at=${epoch2}`);
  expect(wordsOf(text)).toContain('2 runs in this ledger');
  expect(text).toContain('<span class="status running">running</span>');
  expect(wordsOf(await page('/'))).toContain('6 runs in this ledger');
});

test('every page of the past says so and leads back to itself now', async () => {
  for (const path of ['/', `/runs/${second.id}`, `/compare?runs=${first.id},${second.id}`, '/ablations']) {
    const text = await page(`${path}${path.includes('?') ? '&' : '?'}at=${epoch2}`);
    expect(wordsOf(text)).toMatch(
      new RegExp(`As of event ${epoch2} What the ledger knew at 14 Mar 2026, [\\d:]+ ; ${newest - epoch2} events have followed. Show now`),
    );
    const back = /<aside class="past"[\s\S]*?<a href="([^"]+)">/.exec(text)?.[1]?.replaceAll('%2C', ',');
    expect(back).toBe(path);
    expect(text).not.toMatch(/hx-trigger="appended|hx-sse:connect/);
  }
  expect(await page('/')).not.toContain('<aside class="past"');
});

test('links within stay at the same event; only the way back, other moments and files do not', async () => {
  const paths = ['/', `/runs/${second.id}`, `/compare?runs=${first.id},${second.id}`, '/ablations', '/?status=completed&sort=accuracy'];
  for (const path of paths) {
    const text = mainOf(await page(`${path}${path.includes('?') ? '&' : '?'}at=${epoch2}`));
    const forms = [...text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => form);
    for (const form of forms) expect(form).toMatch(new RegExp(`name="at"[^>]*value="${epoch2}"|type="(?:number|range)"`));
    const leaving = hrefs(text).filter(
      (href) => href.startsWith('/') && new URL(href, 'http://x').searchParams.get('at') !== String(epoch2),
    );
    const ownMoments = new RegExp(`^/runs/${second.id}(\\?at=\\d+|/events/\\d+\\.json)?$`);
    expect(leaving.filter((href) => !ownMoments.test(href) && href !== '/' && href !== '/compare')).toEqual([]);
  }
});

test('a declared ablation of the past holds the trials there were', async () => {
  const address = `/ablations/${ablation.id}`;
  const declared = pages.ledger.database
    .prepare<[string], number>(`SELECT position FROM v1_events WHERE type = ? LIMIT 1`)
    .pluck()
    .get('AblationDeclared')!;
  expect(wordsOf(await page(`${address}?at=${newest - 1}`))).toContain('Compare these runs');
  expect((await pages.get(`${address}?at=${declared - 1}`)).status).toBe(404);
  expect(hrefs(await page(`${address}?at=${newest - 1}`)).filter((href) => href.startsWith('/runs/'))[0]).toMatch(
    new RegExp(`at=${newest - 1}$`),
  );
});

test('an event that has not happened yet is the present, like the newest, and an empty field', async () => {
  for (const at of [String(newest), String(newest + 1), '999999999', '', '+']) {
    const text = await page(`/?at=${at}`);
    expect(text).not.toContain('<aside class="past"');
    expect(text).toContain('hx-sse:connect');
  }
});

test.for(['soon', '-3', '0', '1.5', '1e3', '12abc', '9'.repeat(30)])('%s is no event: 400, with those there are', async (at) => {
  for (const path of ['/', `/runs/${second.id}`, '/compare', '/ablations']) {
    const { status, text } = await pages.get(`${path}?at=${encodeURIComponent(at)}`);
    expect([path, status]).toEqual([path, 400]);
    expect(wordsOf(text)).toContain(`“${at}” is no event`);
    expect(wordsOf(text)).toContain(`numbered from 1 to ${newest}`);
  }
});

test('a run that had not begun: says when it did, with the ways there', async () => {
  const { status, text } = await pages.get(`/runs/${second.id}?at=${began - 1}&layer=x`);
  expect(status).toBe(404);
  expect(await faultsOf(text)).toEqual([]);
  expect(wordsOf(text)).toContain(`second had not begun at event ${began - 1}. Its first event is number ${began}, of 14 Mar 2026`);
  expect(hrefs(mainOf(text))).toEqual([`/runs/${second.id}?at=${began}`, `/runs/${second.id}?layer=x`]);
  expect((await pages.get(`/runs/${second.id}/charts/accuracy.csv?at=${began - 1}`)).status).toBe(404);
  expect(await page(`/runs/${second.id}?at=${began}`)).toContain('<span class="status queued">queued</span>');
});

test('a name is understood as it was then, and else as it is now', async () => {
  const event = {
    ...(await pages.ledger.log.read(`run/${first.id}`))[0]!,
    id: '018e0000-0000-7000-8000-00000000abcd',
    type: 'RunNamed',
    data: { name: 'later' },
  };
  await pages.ledger.log.append(`run/${first.id}/notes`, 0, [event], { flush: true });
  newest = position();
  for (const name of ['first', 'later']) {
    const response = await pages.app.request(`/runs/${name}?at=${epoch2}`);
    expect([response.status, response.headers.get('Location')]).toEqual([302, `/runs/${first.id}?at=${epoch2}`]);
  }
  expect(await page(`/runs/${first.id}?at=${epoch2}`)).toContain('<h1>first</h1>');
  expect(await page(`/runs/${first.id}`)).toContain('<h1>later</h1>');
});

test('ages are counted up to the moment', async () => {
  const ages = (text: string) =>
    [...text.matchAll(/<time datetime="[^"]+" title="[^"]+">(\d+) ([smhd])<\/time>/g)].map(([, n, unit]) => `${n} ${unit}`);
  expect(ages(mainOf(await page(`/?at=${began}`)))[0]).toBe('0 s');
});

test('the time bar spans the events of the run, of the past and of what came after', async () => {
  const span = (text: string) => /id="slide"[^>]*min="(\d+)" max="(\d+)" value="(\d+)"/.exec(text)?.slice(1).map(Number);
  const ticks = (text: string) => /<div class="timebar">[\s\S]*?<\/div>/.exec(text)![0].match(/class="ln k[12]"/g)!.length;
  const [now, then] = [await page(`/runs/${second.id}`), await page(`/runs/${second.id}?at=${epoch2}`)];
  const last = pages.ledger.database
    .prepare<[string], number>('SELECT max(position) FROM v1_events WHERE stream = ?')
    .pluck()
    .get(`run/${second.id}`)!;
  expect(span(now)).toEqual([began, last, last]);
  expect(span(then)).toEqual([began, last, epoch2]);
  expect(ticks(then)).toBe(ticks(now));
  // Without script the slider has a button of its own.
  expect(now).toMatch(/<form class="slide" action="\/runs\/[^"]+">[\s\S]*<button type="submit">Go<\/button><\/form>/);
});
