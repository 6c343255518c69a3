// A user with a real browser: clicks through all pages while runs are being recorded into a real ledger, with and without script.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ledger, openLedger } from '../../app/ledger/index.ts';
import { type RunningServer, startServer } from '../../app/web/server.ts';
import { countingIds, type SimulatedPlan, type SimulatedRun, simulateRun, steadyClock } from '../app/web/simulation.ts';
import { findings, overflowing } from './accessible.ts';
import { hasBrowser, launch, openPage } from './chromium.ts';

let folder: string;
let ledger: Ledger;
let server: RunningServer;
let browser: Browser;
const clock = steadyClock();
const newId = countingIds();
const patience = { timeout: 20_000 };

const queue = (plan: SimulatedPlan) => simulateRun(ledger, clock, newId, plan);
async function finish(plan: SimulatedPlan): Promise<SimulatedRun> {
  const run = await queue(plan);
  await run.start();
  for (let epoch = 0; epoch < (plan.epochs ?? 3); epoch++) await run.epoch();
  await run.complete();
  return run;
}

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = mkdtempSync(join(tmpdir(), 'runledger-browser-'));
  ledger = await openLedger(folder, { write: true });
  server = await startServer({ ledger, host: '127.0.0.1', port: 0, clock });
  browser = await launch();
});
afterAll(async () => {
  if (!hasBrowser) return;
  await browser.close();
  await server.close();
  await ledger.close();
  rmSync(folder, { recursive: true });
});

const text = (page: Page, selector: string) => async () => (await page.locator(selector).first().textContent()) ?? '';
const row = (name: string) => `tr:has(a:text-is("${name}"))`;

let running: SimulatedRun;

describe.skipIf(!hasBrowser)('with script', () => {
  test('from an empty ledger to a comparison, without a reload', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(server.url);
    await expect.poll(text(page, 'h2'), patience).toBe('No runs yet');
    await page.evaluate('window.sameDocument = true');

    running = await queue({ name: 'under way', epochs: 30 });
    await expect.poll(text(page, row('under way')), patience).toContain('queued');
    await running.start();
    await running.epoch();
    await expect.poll(text(page, row('under way')), patience).toMatch(/running[\s\S]*78\.6[\s\S]*1\/30/);
    await expect.poll(text(page, '#live'), patience).toMatch(/^live · event \d/);

    await page.locator(`${row('under way')} input`).check();
    await running.epoch();
    await expect.poll(text(page, row('under way')), patience).toContain('2/30');
    expect(await page.locator(`${row('under way')} input`).isChecked()).toBe(true);
    expect(await page.locator('#selected').textContent()).toBe('1 selected');

    const place = await page.locator(row('under way')).boundingBox();
    for (const seed of [1, 2])
      for (const batchNorm of [true, false])
        await finish({ seed, batchNorm, name: `twin · batchNorm ${batchNorm ? 'on' : 'off'} · seed ${seed}` });
    await expect.poll(text(page, '.notice'), patience).toContain('4 newer runs');
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.locator(row('under way')).boundingBox()).toMatchObject({ y: place!.y });
    expect(await page.evaluate('window.sameDocument')).toBe(true);

    await page.getByRole('link', { name: 'Show them' }).click();
    await expect
      .poll(() => page.locator('tbody th .name > a:not(.fold)').allInnerTexts(), patience)
      .toEqual(['twin · batchNorm off', 'twin · batchNorm on', 'under way']);
    await page.getByRole('link', { name: 'Show the 2 repeats of twin · batchNorm on' }).click();
    await expect.poll(() => page.locator('tr.child').count(), patience).toBe(2);

    await page.locator(`${row('twin · batchNorm on')} input`).check();
    await page.locator(`${row('twin · batchNorm off')} input`).check();
    expect(await page.locator('#selected').textContent()).toBe('2 selected');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.waitForURL(/\/compare\?runs=/);
    await expect.poll(text(page, 'main'), patience).toContain('twin · batchNorm on');
    expect(await page.locator('main svg.chart, main .drawing svg').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  test('the page of a run grows while it is read', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(server.url);
    await page.getByRole('link', { name: 'under way' }).click();
    await page.waitForURL(/\/runs\//);
    await page.evaluate('window.sameDocument = true');
    const before = await page.locator('main').textContent();
    await running.epoch();
    await expect.poll(text(page, 'main'), patience).not.toBe(before);
    await expect.poll(text(page, 'main'), patience).toMatch(/3\s*(\/|of)\s*30/);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('the slider of a run goes back in time, where nothing that happens now overtakes it, and to the present again', async () => {
    const { page, complaints } = await openPage(browser);
    const slider = page.locator('#slide');
    await page.goto(`${server.url}runs/${running.id}`);
    const first = Number(await slider.getAttribute('min'));
    await slider.focus();
    await slider.press('End');
    await slider.fill(String(first + 3));
    await page.waitForURL(new RegExp(`\\?at=${first + 3}$`));
    expect(await page.locator('.past').textContent()).toContain('As of event');
    expect(await page.locator('#at').inputValue()).toBe(String(first + 3));
    expect(await page.evaluate('document.activeElement.id')).toBe('slide');

    const before = await page.locator('main').textContent();
    const present = await openPage(browser);
    await present.page.goto(`${server.url}runs/${running.id}`);
    await running.epoch();
    await expect.poll(text(present.page, 'main'), patience).toMatch(/4\s*(\/|of)\s*30/);
    expect(await page.locator('main').textContent()).toBe(before);

    await page.reload();
    await slider.focus();
    await slider.press('End');
    await page.waitForURL((url) => url.search === '');
    expect(await page.locator('.past').count()).toBe(0);
    await page
      .locator('#events a')
      .filter({ hasText: String(first) })
      .last()
      .click();
    await page.waitForURL(/at=/);
    await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
    await page.waitForURL(/\/\?at=/);
    await page.getByRole('link', { name: 'Show now' }).click();
    await page.waitForURL(server.url);
    expect([...complaints, ...present.complaints]).toEqual([]);
  });

  test('the ablation of batch normalization is found, and its report opens', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}ablations`);
    await page.locator('main a').first().click();
    await expect.poll(text(page, 'main h1'), patience).not.toBe('');
    await expect.poll(text(page, 'main'), patience).toContain('batch');
    expect(complaints).toEqual([]);
  });

  test('the console answers questions, Ctrl+Enter and mistakes', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}sql`);
    await page.getByRole('link', { name: 'What does batch normalization change?' }).click();
    await expect.poll(() => page.locator('.frame tbody tr').count(), patience).toBe(2);
    expect(await page.locator('.editor pre .kw').count()).toBeGreaterThan(3);
    await page.locator('textarea').fill('select count(*) as n from v1_runs');
    await page.locator('textarea').press('Control+Enter');
    await expect.poll(text(page, '.frame tbody'), patience).toBe('5');
    expect(complaints).toEqual([]);
    await page.locator('textarea').fill('select colour from v1_runs');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect.poll(text(page, '.notice.bad'), patience).toContain('No such column: colour');
    // The browser itself writes down that the answer was a 400.
    expect(complaints.filter((line) => !line.includes('status of 400'))).toEqual([]);
  });

  test('what happens between the page and its live connection is not missed', async () => {
    const { page, complaints } = await openPage(browser);
    const { promise: recorded, resolve: goOn } = Promise.withResolvers<void>();
    await page.route('**/live?*', async (route) => {
      await recorded;
      await route.continue();
    });
    await page.goto(`${server.url}?q=late`);
    const run = await queue({ name: 'late' });
    expect(await page.locator(row('late')).count()).toBe(0);
    goOn();
    await expect.poll(text(page, 'tbody'), patience).toContain('queued');
    await run.stop();
    await expect.poll(text(page, 'tbody'), patience).toContain('stopped');
    expect(complaints).toEqual([]);
  });

  test('the top bar says when the server is gone, and when it is back', async () => {
    const start = (port: number) => startServer({ ledger, host: '127.0.0.1', port, clock });
    const first = await start(0);
    const { page } = await openPage(browser);
    await page.goto(first.url);
    await expect.poll(text(page, '#live'), patience).toContain('live');
    await first.close();
    await expect.poll(text(page, '#live'), patience).toBe('not connected');
    const second = await start(Number(new URL(first.url).port));
    await expect.poll(text(page, '#live'), patience).toContain('live');
    await second.close();
  });
});

describe.skipIf(!hasBrowser)('without script', () => {
  test('sorting, filtering, unfolding, selecting and asking are links and forms', async () => {
    const { page } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Val acc, %' }).click();
    await page.waitForURL(/sort=accuracy/);
    await page.locator('#q').fill('twin');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/q=twin/);
    expect(page.url()).toContain('sort=accuracy');
    expect(await page.locator('tbody tr').count()).toBe(2);
    for (const box of await page.locator('tbody input').all()) await box.check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.waitForURL(/\/compare/);
    expect(await page.locator('main').textContent()).toContain('twin');
    await page.getByRole('link', { name: 'SQL' }).click();
    await page.locator('textarea').fill('select 6 * 7');
    await page.getByRole('button', { name: 'Run' }).click();
    expect(await page.locator('.frame tbody').textContent()).toBe('42');
  });

  test('the slider of a run is sent by its button', async () => {
    const { page } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'under way' }).click();
    const first = Number(await page.locator('#slide').getAttribute('min'));
    await page.locator('#slide').fill(String(first + 2));
    await page.getByRole('button', { name: 'Go' }).click();
    await page.waitForURL(new RegExp(`\\?at=${first + 2}$`));
    expect(await page.locator('.past').textContent()).toContain(`As of event ${first + 2}`);
  });
});

describe.skipIf(!hasBrowser)('on every screen', () => {
  const addresses = [
    '',
    '?open=all&status=completed',
    '?q=nobody',
    'sql',
    'sql?q=select+*+from+v1_runs',
    'sql?q=selec',
    'ablations',
    'compare',
    'nowhere',
  ];

  let pagesOf: string[];
  beforeAll(async () => {
    // What strains a layout: names without end or spaces, markup, losses of thirteen digits, runs that ended in every way.
    const trying = `<b>"${'unbroken'.repeat(20)}"</b> & a name that does not want to end`;
    const exploded = await finish({ name: trying, lr: 1e12, tags: ['=1+1', 'a'.repeat(60)] });
    const failed = await queue({ name: 'fails', batchNorm: false, lr: 0.5 });
    await failed.start();
    await failed.fail();
    const stopped = await queue({ name: 'stops', seed: 9 });
    await stopped.start();
    await stopped.epoch();
    await stopped.stop();
    const waiting = await queue({ name: 'waits', seed: 10 });
    const runs = ledger.database.prepare<[], string>("SELECT run_id FROM v1_runs WHERE name LIKE 'twin%'").pluck().all();
    const all = [exploded.id, failed.id, stopped.id, waiting.id];
    pagesOf = [
      ...addresses,
      ...[runs[0]!, ...all].map((id) => `runs/${id}`),
      `runs/${exploded.id}/charts/loss`,
      '?at=9',
      `runs/${running.id}?at=9`,
      `runs/${waiting.id}?at=2`,
      `compare?runs=${runs.join(',')}`,
      `compare?runs=${all.join(',')}`,
    ];
  });

  test('nothing scrolls sideways at 320 px', async () => {
    const { page } = await openPage(browser, { viewport: { width: 320, height: 700 } });
    for (const address of pagesOf) {
      await page.goto(server.url + address);
      expect({ address, wide: await overflowing(page) }).toEqual({ address, wide: [] });
    }
  });

  for (const width of [375, 1440])
    for (const colorScheme of ['light', 'dark'] as const)
      test(`axe finds nothing and nothing scrolls sideways: ${width} px, ${colorScheme}`, async () => {
        const { page } = await openPage(browser, { viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
        await page.goto(`${server.url}ablations`);
        const report = await page.locator('main a').first().getAttribute('href');
        for (const address of [...pagesOf, report!.replace(/^\//, '')]) {
          await page.goto(server.url + address);
          const found = await findings(page, colorScheme === 'light' ? 'all' : 'colours');
          expect({ address, found }).toEqual({ address, found: [] });
          expect({ address, wide: await overflowing(page) }).toEqual({ address, wide: [] });
        }
      });
});
