// `/runs/:id` over a real ledger: what it shows of a run in each state, how it is named, and its charts as table, CSV, SVG and JSON.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenPages, openPages } from '../open.ts';
import type { SimulatedRun } from '../simulation.ts';
import { wordsOf } from './ablation.ts';

let pages: OpenPages;
let finished: SimulatedRun;
let growing: SimulatedRun;
let failed: SimulatedRun;

beforeAll(async () => {
  pages = await openPages();
  finished = await pages.finish({ name: 'with & "norm" <b>', seed: 4, epochs: 6, tags: ['paper'] });
  growing = await pages.queue({ name: 'under way', epochs: 8 });
  await growing.start();
  failed = await pages.queue({ name: 'diverged', batchNorm: false, lr: 0.5 });
  await failed.start();
  await failed.epoch();
  await failed.fail();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const page = (path: string): Promise<string> => pages.page(path);

describe('a completed run', () => {
  test('shows headline figures, every section, and its name as text', async () => {
    const text = await page(`/runs/${finished.id}`);
    const words = wordsOf(text);
    expect(text).toContain('<h1>with &amp; &quot;norm&quot; &lt;b&gt;</h1>');
    expect(words).toMatch(/Best validation accuracy 98\.\d % epoch 6/);
    expect(words).toMatch(/Time 44 s 7\.4 s an epoch/);
    for (const id of ['curves', 'bn', 'predictions', 'recipe', 'events']) expect(text).toContain(`<section class="section" id="${id}">`);
    expect(words).toContain('adam');
    expect(words).toMatch(/conv2d\.1 1 → 16, 3×3, padding 1 28×28×16 160/);
    expect(text).not.toContain('hx-trigger="appended');
  });

  test('lists the checkpoints that are kept: the newest of each reason, as of the moment looked at', async () => {
    const database = new Database(join(pages.ledger.folder, 'ledger.db'));
    const insert = database.prepare(`INSERT INTO checkpoints (position, run, epoch, step, sha256, bytes, reason)
      SELECT ?, first_position, ?, ?, 'abcdef01', 2531000, ? FROM v1_runs WHERE run_id = ?`);
    // Right before the event of their epoch, and at it.
    const epochEvent = database.prepare<[string, number], number>('SELECT position FROM v1_epochs WHERE run_id = ? AND epoch = ?').pluck();
    for (const epoch of [1, 2, 3, 4, 5, 6]) {
      const position = epochEvent.get(finished.id, epoch)!;
      for (const [index, reason] of (epoch <= 4 ? ['last', 'best'] : ['last']).entries())
        insert.run(position - index, epoch, epoch * 200, reason, finished.id);
    }
    const third = epochEvent.get(finished.id, 3)!;
    database.close();
    const kept = async (query: string) => wordsOf(await page(`/runs/${finished.id}${query}`)).match(/SHA-256 (.*?) Environment/)?.[1];
    expect(await kept('')).toMatch(/^last 6 98\.\d 2\.5 MB abcd ef01 best 4 9\d\.\d 2\.5 MB abcd ef01$/);
    expect(await kept(`?at=${third}`)).toMatch(/^best 3 .* last 3 /);
    expect(await kept(`?at=${third - 1}`)).toMatch(/^best 3 .* last 2 /);
  });

  test('its pictures carry no inline style, no script and unique ids', async () => {
    const text = await page(`/runs/${finished.id}`);
    expect(text).not.toMatch(/<style|\sstyle=/);
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('batch normalization is shown for the layer in the address', async () => {
    const text = await page(`/runs/${finished.id}?layer=batchNorm2d.2`);
    expect(text).toMatch(/aria-current="true">batchNorm2d\.2 · 32</);
    expect(text).toContain('Running variance of batchNorm2d.2 at epoch 6');
    expect(text).toContain('/charts/bn-mean.csv?layer=batchNorm2d.2');
  });

  test('events are paged, filtered by type, and open as stored', async () => {
    const all = await page(`/runs/${finished.id}`);
    const total = Number(/Events <span class="count">(\d+)</.exec(all)?.[1]);
    const filtered = wordsOf(await page(`/runs/${finished.id}?type=EpochMeasured`));
    expect(filtered).toMatch(/6: train 0\.\d{3} \/ \d\d\.\d %, val 0\.\d{3} \/ \d\d\.\d %, 7\.4 s/);
    expect(filtered).toContain(`6 of ${total}`);
    const older = /href="([^"]+before=\d+#events)">Older/.exec(all)?.[1];
    if (total > 20) expect(await page(older!.replace('#events', ''))).toContain('>Newest<');
    else expect(older).toBeUndefined();
    const event = JSON.parse((await pages.get(`/runs/${finished.id}/events/1.json`)).text);
    expect([event.type, event.data.recipe.seed]).toEqual(['RunQueued', 4]);
    expect((await pages.get(`/runs/${finished.id}/events/9999.json`)).status).toBe(404);
  });
});

describe('as of an event', () => {
  const epochEvent = async (epoch: number) => {
    for (let version = 1; ; version++) {
      const event = JSON.parse((await pages.get(`/runs/${finished.id}/events/${version}.json`)).text);
      if (event.type === 'EpochMeasured' && event.data.epoch === epoch)
        return { version, accuracy: event.data.validation.accuracy as number };
    }
  };

  test('figures, curves and events end there, and nothing of the end is known yet', async () => {
    const { version, accuracy } = await epochEvent(3);
    const text = await page(`/runs/${finished.id}?at=${version}`);
    const words = wordsOf(text);
    expect(words).toContain(`As of event ${version}`);
    expect(words).toContain(`Last validation accuracy ${(accuracy * 100).toFixed(1)} % epoch 3 of 6`);
    expect(words).toContain('Test accuracy – measured at the end');
    expect(text).toContain('<span class="status running">running</span>');
    expect(text).toMatch(/aria-label="Accuracy by epoch, at epoch 3: /);
    expect(text).toContain('Running variance of batchNorm2d.1 at epoch 3');
    expect(words).toContain('200 validation images, epoch 3');
    expect(text).not.toContain(`id="event-${version + 1}"`);
    expect(text).not.toContain('RunCompleted');
    expect(text).not.toContain('hx-trigger="appended');
  });

  test('its charts carry the moment in their addresses', async () => {
    const { version } = await epochEvent(2);
    expect(await page(`/runs/${finished.id}?at=${version}`)).toContain(`/charts/accuracy.csv?at=${version}`);
    expect((await pages.get(`/runs/${finished.id}/charts/accuracy.csv?at=${version}`)).text.split('\r\n')).toHaveLength(4);
  });

  test('the first event knows nothing, the last and any later one show the run as it is', async () => {
    expect(await page(`/runs/${finished.id}?at=1`)).toContain('<span class="status queued">queued</span>');
    expect(await page(`/runs/${finished.id}?at=99999`)).toContain('<span class="status completed">completed</span>');
  });
});

describe('charts under their own address', () => {
  test('table, CSV, SVG and JSON hold the same run', async () => {
    const base = `/runs/${finished.id}/charts/accuracy`;
    const table = await page(base);
    const csv = (await pages.get(`${base}.csv`)).text.split('\r\n');
    expect(csv[0]).toBe('epoch,"validation accuracy, %","training accuracy, %"');
    expect(csv).toHaveLength(8);
    const last = csv[6]!.split(',');
    expect(last[0]).toBe('6');
    expect(wordsOf(table)).toContain(String(Number(Number(last[1]).toPrecision(6))));

    const svg = (await pages.get(`${base}.svg`)).text;
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(svg).not.toMatch(/var\(|style=|<style/);

    const { option, theme } = JSON.parse((await pages.get(`${base}.json?width=700&height=300`)).text);
    expect(option.series.filter(({ name }: { name?: string }) => name === 'validation')[0].data).toHaveLength(6);
    expect(theme.tooltip.renderMode).toBe('richText');
  });

  test.each([
    'loss',
    'learning-rate',
    'confusion',
    'bn-mean',
    'bn-variance',
    'bn-mean-channels',
    'bn-ratio-channels',
    'bn-agreement',
    'bn-validation',
    'bn-validation-loss',
  ])('%s has a table page and a file', async (name) => {
    const base = `/runs/${finished.id}/charts/${name}`;
    expect(await page(base)).toContain('<table class="table still">');
    expect((await pages.get(`${base}.csv`)).text.split('\r\n').length).toBeGreaterThan(2);
    expect((await pages.get(`${base}.svg`)).text).toContain('<title>');
  });

  test('a chart that a run does not have is not found', async () => {
    expect((await pages.get(`/runs/${failed.id}/charts/bn-mean`)).status).toBe(404);
    expect((await pages.get(`/runs/${finished.id}/charts/../secret`)).status).toBe(404);
    expect((await pages.get(`/runs/${finished.id}/charts/accuracy.exe`)).status).toBe(404);
  });
});

describe('other states', () => {
  test('a run that has just started says what is not measured yet, and refreshes itself', async () => {
    const text = await page(`/runs/${growing.id}`);
    expect(text).toContain('aria-label="Accuracy: no epoch has been measured yet"');
    expect(text).toContain('not measured yet');
    expect(text).toMatch(/<div id="run"[^>]*hx-get="\/runs\//);
    await growing.epoch();
    const grown = await page(`/runs/${growing.id}`);
    expect(grown).toMatch(/aria-label="Accuracy by epoch, at epoch 1: training/);
    expect(wordsOf(grown)).toContain('epoch 1 of 8');
  });

  test('a run that ended before its last epoch says why', async () => {
    const early = await pages.queue({ name: 'early', epochs: 8 });
    await early.start();
    await early.epoch();
    await early.complete({ rule: 'patience', why: 'validation loss no better than 0.5 for an epoch' });
    const words = wordsOf(await page(`/runs/${early.id}`));
    expect(words).toContain('The run ended early: validation loss no better than 0.5 for an epoch.');
    expect(words).toContain('epoch 1 of 8');
    expect(wordsOf(await page(`/runs/${finished.id}`))).not.toContain('ended early');
  });

  test('a failed run begins with its error and the repair', async () => {
    const words = wordsOf(await page(`/runs/${failed.id}`));
    expect(words).toMatch(/train\.diverged The loss became NaN Lower the rate: --set optimizer\.lr=0\.01/);
    expect(words).not.toContain('Batch normalization Running statistics');
  });
});

test('a run is known by the start of its id and by its name; others are refused with help', async () => {
  const byStart = await pages.app.request(`/runs/${finished.id.slice(0, 8)}?type=RunQueued`);
  expect([byStart.status, byStart.headers.get('Location')]).toEqual([302, `/runs/${finished.id}?type=RunQueued`]);
  expect((await pages.app.request('/runs/diverged')).headers.get('Location')).toBe(`/runs/${failed.id}`);
  expect((await pages.get('/runs/nothing-like-it')).status).toBe(404);
  expect((await pages.get('/runs/aaaa')).status).toBe(400);
});
