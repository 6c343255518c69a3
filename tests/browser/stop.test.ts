// A run that really trains is stopped by the button of its page, in a real browser, with and without script.
import { expect, onTestFinished, test } from 'vitest';
import { queueRun, recordQueued } from '../../app/runs/record.ts';
import { startServer } from '../../app/web/server.ts';
import { temporaryLedger, tinyDataSet, tinyRecipe } from '../app/runs/tiny.ts';
import { hasBrowser, launch, openPage } from './chromium.ts';

test.skipIf(!hasBrowser).each([
  ['with', true],
  ['without', false],
])('%s script', { timeout: 60_000 }, async (_, javaScriptEnabled) => {
  const { ledger, host, remove } = await temporaryLedger();
  onTestFinished(remove);
  const server = await startServer({ ledger, host: '127.0.0.1', port: 0, clock: Date.now });
  onTestFinished(() => server.close());
  const browser = await launch();
  onTestFinished(() => browser.close());

  const recipe = tinyRecipe({ epochs: 1_000_000, record: { checkpoints: 'none' } });
  const run = await queueRun(host, { recipe, name: 'endless', tags: [], sweep: null });
  const training = recordQueued(host, run, tinyDataSet(), { threads: 1, signal: new AbortController().signal });
  const { page, complaints } = await openPage(browser, { javaScriptEnabled });
  await page.goto(`${server.url}runs/${run.runId}`);
  await page.getByRole('button', { name: 'Stop' }).click();
  const { ending } = await training;
  expect(ending).toMatchObject({ type: 'RunStopped', data: { by: 'request', why: 'asked to on its page' } });
  await page.waitForURL(`${server.url}runs/${run.runId}`);
  await page.reload();
  expect(await page.locator('main').textContent()).toContain('stopped');
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
