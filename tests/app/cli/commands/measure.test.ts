// `runledger measure` as it is used: what it prints in each format, what it says of what is known, how it stops.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { measureCommand } from '../../../../app/cli/commands/measure.ts';
import { trainCommand } from '../../../../app/cli/commands/train.ts';
import { tinyDataSet, tinyWritten } from '../../runs/tiny.ts';
import { type Ran, runCommand } from './program.ts';

let folder: string;
const ledger = (): string => join(folder, 'ledger');
const measure = (...argv: string[]): Promise<Ran> =>
  runCommand((context) => measureCommand(context, async () => tinyDataSet()), ledger(), argv);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-measure-'));
  const recipe = join(folder, 'tiny.json');
  writeFileSync(recipe, JSON.stringify({ ...tinyWritten, epochs: 4 }));
  await runCommand((context) => trainCommand(context, async () => tinyDataSet()), ledger(), [recipe, '--name', 'tiny']);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('lists the metrics, without a run and without a ledger', async () => {
  const { out, exitCode } = await measure('--metric', 'list');
  expect(exitCode).toBe(0);
  for (const name of ['perClassAccuracy', 'calibrationError', 'loss', 'activationStatistics'])
    expect(out).toMatch(new RegExp(`^${name} +\\S`, 'm'));
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('stopped by Ctrl-C it says so, keeps and shows what is done, and exits 0; then it goes on', async () => {
  const every = ['tiny', '--metric', 'calibrationError', '--every', '--part', 'test'];
  const stopped = await runCommand(
    (context) => measureCommand(context, async () => tinyDataSet()),
    ledger(),
    every,
    (host) => {
      host.stderr.on('data', (text: string) => /at epoch 1 measured/.test(text) && host.signals.emit('SIGINT'));
    },
  );
  expect(stopped.exitCode).toBe(0);
  expect(stopped.err).toContain('■ stopped  1 of 4 epochs measured; started again, it measures what is missing');
  expect(stopped.out).toMatch(/^calibrationError {2}test · epoch 1 · 15 bins$/m);
  const rest = await measure(...every);
  expect(rest.err).toContain('calibrationError of epoch 1 is known already and not measured again');
  expect(rest.err).not.toMatch(/at epoch 1 measured/);
  expect(rest.out).toMatch(
    /^calibrationError {2}test · 4 epochs · 15 bins\n +epoch 1 +epoch 4 {2}course\nerror +[\d.]+ % +[\d.]+ % {2}\S{4}$/m,
  );
});

test('one epoch: a row a class or a layer, and again without measuring', async () => {
  const first = await measure('tiny', '--metric', 'perClassAccuracy', '--metric', 'activationStatistics');
  expect(first.exitCode).toBe(0);
  expect(first.out).toMatch(/^perClassAccuracy {2}validation · epoch 4\n(?:\S.* +[\d.]+ %\n)+$/m);
  expect(first.out).toMatch(
    /^activationStatistics {2}validation · epoch 4 · 512 samples\n +mean +std +min +max +zeros % +dead %\nconv2d\.1 /m,
  );
  const again = await measure('tiny', '--metric', 'perClassAccuracy', '--metric', 'activationStatistics');
  expect(again.out).toBe(first.out);
  expect(again.err).toBe(
    'perClassAccuracy of epoch 4 is known already and not measured again\nactivationStatistics of epoch 4 is known already and not measured again\n',
  );
});

test('CSV and JSON have all digits, one row a number', async () => {
  const json = JSON.parse(
    (await measure('tiny', '--metric', 'loss', '--epoch', '2', '--augment', '[horizontalFlip]', '--format', 'json')).out,
  );
  expect(json).toMatchObject([
    { metric: 'loss', part: 'validation', epoch: 2, name: 'accuracy' },
    { metric: 'loss', part: 'validation', epoch: 2, name: 'loss' },
  ]);
  expect(JSON.parse(json[0].settings)).toEqual({ augment: [{ kind: 'horizontalFlip', name: 'horizontalFlip.1', p: 0.5 }] });
  const csv = (await measure('tiny', '--metric', 'loss', '--epoch', '2', '--augment', '[horizontalFlip]', '--format', 'csv')).out;
  expect(csv.split('\n')[2]).toMatch(new RegExp(`,2,loss,${json[1].value}$`));
});

test.each([
  [[], 'measure needs a run', 2],
  [['tiny'], 'measure needs a metric', 2],
  [['tiny', '--metric', 'accuracy'], 'metric.unknown', 1],
  [['tiny', '--metric', 'loss', '--epoch', '5'], 'it has epochs 1 to 4', 1],
  [['tiny', '--metric', 'loss', '--epoch', '1', '--every'], '`--epoch <n>` cannot be used with option `--every`', 2],
  [['tiny', '--metric', 'perClassAccuracy', '--augment', '[horizontalFlip]'], 'metric.augment', 1],
  [['tiny', '--metric', 'loss', '--augment', '[sideways]'], '--augment [sideways]', 2],
  [['tiny', '--metric', 'loss', '--part', 'all'], 'validation', 2],
])('%j is refused', async (argv, message, code) => {
  const { err, exitCode } = await measure(...argv);
  expect(err).toContain(message);
  expect(exitCode).toBe(code);
});
