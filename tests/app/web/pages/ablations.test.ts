// `/ablations` over a real ledger: declared and found groups, and what a report may say of two seeds and of five.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPages, openPages } from '../open.ts';
import { type SimulatedAblation, simulateAblation, simulateBatchSizes, wordsOf } from './ablation.ts';

let pages: OpenPages;
let two: SimulatedAblation;
let five: SimulatedAblation;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const page = (path: string): Promise<string> => pages.page(path);

test('an empty ledger says how to get one', async () => {
  expect(wordsOf(await page('/ablations'))).toContain('No ablation yet');
});

test('a report of two seeds begins with the sentence that they allow no conclusion', async () => {
  two = await simulateAblation(pages, { n: 1, seeds: [1, 2] });
  const text = await page(`/ablations/${two.id}`);
  expect(text).toContain(
    '<p class="verdict">Batch normalization: +2.0 points of validation accuracy as seen so far; 2 seeds allow no conclusion.</p>',
  );
  expect(wordsOf(text)).toContain('Too few seeds');
  expect(text).toContain('2 pairs, too few');
  expect(text).not.toContain('<circle class="pt" cx="0"');
  expect(text).toMatch(/<span class="muted">\+2\.0<\/span>/);
});

test('five seeds give a verdict with its interval, and no warning', async () => {
  five = await simulateAblation(pages, { n: 2, seeds: [1, 2, 3, 4, 5] });
  const text = await page(`/ablations/${five.id}`);
  expect(text).toContain(
    '<p class="verdict">Batch normalization helps: +2.0 points of validation accuracy (95 % interval +2.0 to +2.0).</p>',
  );
  expect(wordsOf(text)).not.toContain('Too few seeds');
  expect(wordsOf(text)).toContain('paired t, 95 %, 4 degrees of freedom');
});

test('with is the first colour, without the second; every run is linked by its figure', async () => {
  const text = await page(`/ablations/${five.id}`);
  expect(text).toMatch(/<i class="swatch k1"><\/i> with<\/th>/);
  expect(text).toMatch(/<i class="swatch k2"><\/i> without<\/th>/);
  for (const run of five.runs) expect(text).toMatch(new RegExp(`<a href="/runs/${run.id}">9\\d\\.\\d</a>`));
  expect(wordsOf(text)).toMatch(/What batch normalization costs Time an epoch .* with 7\.4 without 7\.4/);
});

test('a report about batch normalization shows gradients layer by layer, and validation with either statistics', async () => {
  const text = await page(`/ablations/${five.id}`);
  const words = wordsOf(text);
  // Of the i-th layer that learns, i ÷ epoch: mean over three epochs.
  expect(words).toContain('conv2d.1 0.611 0.611');
  expect(words).toContain('batchNorm2d.1 1.22 conv2d.2 1.83 1.22');
  expect(words).toContain('linear.2 3.67 2.44');
  expect(words).toContain('What reaches conv2d.1 of what enters linear.2: with 0.167, without 0.250.');
  expect(text).toContain('aria-label="Validation loss by epoch');
  const csv = await page(`/ablations/${five.id}/charts/statistics-loss`);
  expect(csv).toContain('running statistics, seed 1');
  expect(csv).toContain('batch statistics, seed 5');
});

test('a report about another factor says nothing of batch normalization', async () => {
  await pages.finish({ name: 'a rate', seed: 1, epochs: 3, lr: 0.02 });
  await pages.finish({ name: 'another', seed: 1, epochs: 3, lr: 0.03 });
  const found = /href="(\/ablations\/found\?factor=optimizer[^"]+)"/.exec(await page('/ablations'))![1]!.replaceAll('&amp;', '&');
  const text = await page(found);
  expect(text).not.toContain('Gradients on their way back');
  expect(text).not.toContain('statistics-loss');
});

test('runs under way are drawn and named, but counted only when they complete', async () => {
  const open = await simulateAblation(pages, { n: 3, seeds: [1, 2], leaveOpen: 2 });
  const text = await page(`/ablations/${open.id}`);
  expect(wordsOf(text)).toContain('2 of 4 completed');
  expect(wordsOf(text)).toContain('1 seed allows no conclusion');
  expect(text).toContain('<span class="status running">running</span>');
  expect(text).toMatch(/<div id="ablation"[^>]*hx-get="\/ablations\//);
});

test('two factors: each effect says where the other stands, and accuracy is plotted against the levels', async () => {
  const { id, runs } = await simulateBatchSizes(pages, { n: 4, seeds: [1, 2], batches: [2, 4, 8] });
  const text = await page(`/ablations/${id}`);
  const words = wordsOf(text);
  expect(words).toContain(
    'Batch normalization at batch size 2: +2.0 points of validation accuracy as seen so far; 2 seeds allow no conclusion.',
  );
  expect(words).toContain('6 more effects stand in the table below.');
  expect(words).toContain('Batch size batch size 2 against batch size 4, with batch normalization');
  expect(words).toContain('Learning rate grows with batch size: 0.00500 at 2, 0.0100 at 4, 0.0200 at 8.');
  expect(text).toContain('aria-label="Validation accuracy against batch size: with batch normalization 88.7 % at 2');
  // Five groups: a chart for each batch size, none for each of the others; every run stands in the tables once.
  expect(text.match(/<h3>Validation accuracy, batch size \d/g)).toHaveLength(3);
  for (const run of runs) expect(text.match(new RegExp(`href="/runs/${run.id}"`, 'g'))).toHaveLength(1);
  const csv = (await pages.get(`/ablations/${id}/charts/levels.csv`)).text.split('\r\n');
  expect(csv[0]).toContain('batch size,"with batch normalization, mean, %"');
  expect(csv.slice(1, 4).map((line) => line.split(',')[0])).toEqual(['2', '4', '8']);
});

test('the list shows declared ablations newest first, then what is found', async () => {
  await pages.finish({ name: 'another rate', seed: 1, epochs: 3, lr: 0.007 });
  const text = await page('/ablations');
  const words = wordsOf(text);
  expect(words.indexOf('batch normalization, 5 seeds')).toBeLessThan(words.lastIndexOf('batch normalization, 2 seeds'));
  expect(words).toContain('learning rate on mnist');
  const found = /href="(\/ablations\/found\?[^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&');
  const report = await page(found);
  expect(wordsOf(report)).toContain('no: found among completed runs');
  expect(report).toContain('/ablations/found/charts/validation-accuracy.csv?factor=');
});

test('charts of a report as table, CSV and SVG; unknown ablations and charts are not found', async () => {
  const base = `/ablations/${five.id}/charts`;
  expect(await page(`${base}/difference`)).toContain('<table class="table still">');
  expect((await pages.get(`${base}/validation-accuracy.csv`)).text.split('\r\n')[0]).toBe(
    'epoch,"with, seed 1","with, seed 2","with, seed 3","with, seed 4","with, seed 5","without, seed 1","without, seed 2","without, seed 3","without, seed 4","without, seed 5"',
  );
  expect((await pages.get(`${base}/validation-loss.svg`)).text).toContain('</svg>');
  expect((await pages.get(`${base}/nothing`)).status).toBe(404);
  expect((await pages.get('/ablations/found')).status).toBe(404);
  expect((await pages.get('/ablations/00000009-aaaa-4000-8000-000000000000')).status).toBe(404);
});
