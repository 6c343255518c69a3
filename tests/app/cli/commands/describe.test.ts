// `runledger describe` as it is used: the table, raw output, settings, and what does not fit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeCommand } from '../../../../app/cli/commands/describe.ts';
import { runCommand } from './program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-describe-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** No ledger and no file of images is there. */
const describe = (...argv: string[]) => runCommand((context) => describeCommand(context), join(folder, 'ledger'), argv);
const shipped = 'recipes/cifar10-simple-cnn.yaml';

test('prints a row a layer, totals, operations and memory; reads no data', async () => {
  const { out, err, exitCode } = await describe(shipped, '--threads', '2');
  expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
  expect(out).toMatch(/^cifar10 {2}3 × 32 × 32 · 10 classes\n\nlayer +output +parameters +FLOPs +receptive field\n/);
  expect(out).toMatch(/^conv2d\.2 +32 × 16 × 16 +4,640 +2\.36 M +8 × 8$/m);
  expect(out).toMatch(/^dropout\.1 +128 +32 × 32$/m);
  expect(out).toMatch(/^total +268,746 +3\.77 M$/m);
  expect(out).toMatch(
    /^operations {2}3\.77 MFLOP an image forward, 10\.4 MFLOP in training\nmemory {6}\d+ MB for batches of 64 on 2 threads\n$/m,
  );
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('--set changes the recipe first', async () => {
  const { out } = await describe(shipped, '--set', 'network.simpleCnn.width=8', '--set', 'batch=16', '--threads', '1');
  expect(out).toMatch(/^conv2d\.1 +8 × 32 × 32 +224 /m);
  expect(out).toMatch(/ for batches of 16 on 1 thread\n$/);
});

test('raw: one line a layer, and totals in JSON', async () => {
  const csv = (await describe(shipped, '--format', 'csv')).out.trim().split('\n');
  expect(csv[0]).toBe('layer,kind,channels,height,width,parameters,flops,training_flops,receptive_rows,receptive_columns');
  expect(csv[1]).toBe('conv2d.1,conv2d,16,32,32,448,884736,1769472,3,3');
  expect(csv).toHaveLength(13);
  const json = JSON.parse((await describe(shipped, '--format', 'json', '--threads', '3')).out);
  expect(json.layers[4]).toMatchObject({ layer: 'conv2d.2', parameters: 4640, receptive_rows: 8 });
  expect(json.totals).toMatchObject({ parameters: 268746, batch: 64, threads: 3, flops: 3770880 });
  expect(json.totals.memory_bytes % 65536).toBe(0);
});

test('long names of nested blocks are cut in the middle, nothing wraps', async () => {
  const name = 'a-block-with-a-very-long-name-that-nobody-would-give';
  const body = [{ conv2d: { out: 3, kernel: 3, padding: 'same', name: 'another-very-long-name-for-a-layer-of-it' } }];
  const recipe = join(folder, 'long.json');
  const network = [{ residual: { name, body } }, 'flatten', { linear: 'classes' }];
  const rest = { dataset: 'cifar10', split: { train: 100, validation: 10 }, optimizer: 'adam', epochs: 1 };
  writeFileSync(recipe, JSON.stringify({ ...rest, network }));
  const { out } = await describe(recipe);
  expect(out).toContain('…');
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('what does not fit is told with its place and both shapes', async () => {
  const { err, exitCode } = await describe(shipped, '--set', 'network=[{ maxPool2d: 40 }, flatten, { linear: classes }]');
  expect(exitCode).not.toBe(0);
  expect(err).toContain('network[0].maxPool2d takes maps of at least 40 × 40, the data set gives 3 × 32 × 32');
  const unknown = await describe(shipped, '--set', 'dataset=cifar11');
  expect(unknown.err).toContain('there is no data set `cifar11`');
  expect(unknown.err).toContain('cifar10');
});
