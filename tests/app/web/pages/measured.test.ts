// "Measured afterwards" on the page of a run: there where something was measured, at the newest epoch, with its course; else nowhere.
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../../../../app/ledger/ports.ts';
import { appendNext, applicationEvent } from '../../../../app/runs/events.ts';
import { faultsOf } from '../../../views/validate.ts';
import { type OpenPages, openPages } from '../open.ts';
import type { SimulatedRun } from '../simulation.ts';
import { wordsOf } from './ablation.ts';

let pages: OpenPages;
let run: SimulatedRun;
let plain: SimulatedRun;

async function measured(data: { metric: string; epoch: number; part?: string; settings?: Json; values: Record<string, number> }) {
  const { ledger, clock } = pages;
  const event = applicationEvent({ clock, newEventId: randomUUIDv7 }, 'MetricMeasured', { part: 'validation', settings: {}, ...data });
  await appendNext({ ledger }, `run/${run.id}/after`, event);
}

beforeAll(async () => {
  pages = await openPages();
  run = await pages.finish({ name: 'measured', epochs: 4 });
  plain = await pages.finish({ name: 'plain', seed: 2 });
  for (const [i, epoch] of [1, 3, 4].entries()) await measured({ metric: 'perClassAccuracy', epoch, values: { 9: 0.9 + i / 100, 1: 0.5 } });
  await measured({
    metric: 'calibrationError',
    epoch: 4,
    settings: { bins: 15 },
    values: { error: 0.021, 'bin.02/count': 1200, 'bin.02/accuracy': 0.5, 'bin.02/confidence': 0.41, 'bin.01/count': 0 },
  });
  const augment = [{ kind: 'randomCrop', name: 'randomCrop.1', padding: 4 }];
  await measured({ metric: 'loss', epoch: 4, part: 'test', settings: { augment }, values: { loss: Number.NaN, accuracy: 0.1 } });
  await measured({
    metric: 'activationStatistics',
    epoch: 4,
    values: { 'relu.1/mean': 0.25, 'relu.1/zeros': 0.5, 'conv2d.1/mean': -1.5, 'conv2d.1/zeros': 0 },
  });
  await measured({ metric: 'a <b> of tomorrow', epoch: 4, values: { '<i>': 2 } });
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

async function section(id: string): Promise<string | undefined> {
  const { status, text } = await pages.get(`/runs/${id}`);
  expect(status).toBe(200);
  expect(await faultsOf(text)).toEqual([]);
  return text.match(/<section class="section" id="measured">[\s\S]*?(?=<section class="section" id="recipe">)/)?.[0];
}

test('each thing stands at its newest epoch, numbers in their units, layers in the order of the network', async () => {
  const words = wordsOf((await section(run.id))!);
  expect(words).toMatch(/Accuracy by class validation, epoch 4, measured at 3 epochs .* Over epochs 1 50\.0 % 9 92\.0 %/);
  expect(words).toMatch(
    /Calibration error validation, epoch 4, 15 bins .* error 2\.1 % .* count accuracy % confidence % bin\.01 0 bin\.02 1,200 50\.0 41\.0/,
  );
  expect(words).toMatch(/Loss test, epoch 4, randomCrop padding 4 .* accuracy 10\.0 % loss NaN/);
  expect(words).toMatch(/Activations validation, epoch 4 .* mean zeros % conv2d\.1 −1\.500 0\.0 relu\.1 0\.250 50\.0/);
});

test('a course is drawn where there are several epochs', async () => {
  const html = (await section(run.id))!;
  expect(html.match(/<svg class="spark"/g)).toHaveLength(2);
  expect(html).toMatch(/<polyline class="ln k1" points="[\d.]+,[\d.]+ [\d.]+,[\d.]+ [\d.]+,[\d.]+"/);
});

test('names come as text', async () => {
  const html = (await section(run.id))!;
  expect(html).toContain('a &lt;b&gt; of tomorrow');
  expect(html).toContain('&lt;i&gt;');
  expect(html).not.toContain('<b>');
});

test('a run of which nothing was measured has no such section and no link to one', async () => {
  expect(await section(plain.id)).toBeUndefined();
  expect((await pages.get(`/runs/${plain.id}`)).text).not.toContain('#measured');
  expect((await pages.get(`/runs/${run.id}`)).text).toContain('<a href="#measured">Measured</a>');
});
