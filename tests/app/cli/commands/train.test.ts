import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runsCommand } from '../../../../app/cli/commands/runs.ts';
import { showCommand } from '../../../../app/cli/commands/show.ts';
import { sqlCommand } from '../../../../app/cli/commands/sql.ts';
import { trainCommand } from '../../../../app/cli/commands/train.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import type { Trace } from '../../../../app/runs/trace.ts';
import { RunledgerError } from '../../../../trainer/index.ts';
import { tinyDataSet, tinyWritten } from '../../runs/tiny.ts';
import { type Ran, runCommand } from './program.ts';

let folder: string;
let recipe: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-cli-'));
  recipe = join(folder, 'tiny.json');
  writeFileSync(recipe, JSON.stringify(tinyWritten, null, 2));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tinyTrain = (context: CliContext) => trainCommand(context, async () => tinyDataSet());
const ledger = (): string => join(folder, 'ledger');
const train = (...argv: string[]): Promise<Ran> => runCommand(tinyTrain, ledger(), [recipe, ...argv]);

describe('train', () => {
  test('in a pipe: a line an epoch on stderr, the report on stdout, exit 0', async () => {
    const { out, err, exitCode } = await train('--name', 'first', '--tag', 'a', '--tag', 'b');
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^first {2}run\/[0-9a-f]{8} · tiny [0-9a-f]{4} [0-9a-f]{4} · \d+ parameters · fused · \d+ threads?$/m);
    expect(err).toMatch(/^epoch 1\/2 step 5 train \d\.\d{3} [\d.]+ % val \d\.\d{3} [\d.]+ % lr 0\.05 .+ best$/m);
    expect(err).toMatch(/^epoch 2\/2 step 10 /m);
    expect(out).toMatch(/^first {2}run\/[0-9a-f]{8} {2}✓ completed in /);
    expect(out).toMatch(/^validation accuracy +[\d.]+ % +[\d.]+ % +\d$/m);
    expect(out).toMatch(/^fingerprint +([0-9a-f]{4} ){3}[0-9a-f]{4} /m);
    expect(out).toMatch(/^page +http:\/\/127\.0\.0\.1:4242\/runs\/[0-9a-f]{8}\n {15}served by {2}runledger serve --ledger \S+ledger$/m);
  });

  test('a run that begins while its data set is verified is the same run', async () => {
    const early = (context: CliContext) =>
      trainCommand(context, async (_name, onRead) => {
        const dataset = tinyDataSet();
        onRead?.(dataset);
        await setTimeout();
        return dataset;
      });
    const fingerprint = /^fingerprint .*$/m;
    const { out, exitCode } = await runCommand(early, ledger(), [recipe]);
    expect(exitCode).toBe(0);
    expect(out.match(fingerprint)?.[0]).toBe((await train()).out.match(fingerprint)?.[0]);
  });

  test('a data set that turns out damaged after the run began is refused, and there is no run', async () => {
    const damaged = (context: CliContext) =>
      trainCommand(context, async (name, onRead) => {
        onRead?.(tinyDataSet());
        throw new RunledgerError('dataset.damaged', `${name} is damaged`);
      });
    const { err, exitCode } = await runCommand(damaged, ledger(), [recipe]);
    expect(exitCode).toBe(1);
    expect(err).toContain('dataset.damaged');
    expect(existsSync(ledger())).toBe(false);
  });

  test('the second run of a configuration is compared with the first, and has its fingerprint', async () => {
    const first = await train();
    const second = await train();
    const fingerprint = /^fingerprint .*$/m;
    expect(second.out.match(fingerprint)?.[0]).toBe(first.out.match(fingerprint)?.[0]);
    expect(second.out).toContain('Δ tiny · seed 1 of ');
    expect(second.out).toMatch(/^validation accuracy .* 0\.0$/m);
  });

  test('settings, seed and epochs are in the name and in the recipe', async () => {
    await train('--set', 'optimizer.lr=0.01', '--seed', '7', '--epochs', '1');
    const { out } = await runCommand(runsCommand, ledger(), ['--format', 'json']);
    expect(JSON.parse(out)).toMatchObject([{ name: 'tiny · lr 0.01 · seed 7', seed: 7, epochs: 1, lr: 0.01, status: 'completed' }]);
  });

  test('Ctrl-C ends it cleanly with exit 0 and a checkpoint', async () => {
    const { out, exitCode } = await runCommand(tinyTrain, ledger(), [recipe, '--epochs', '100000'], (host) => {
      host.stderr.on('data', (text: string) => /^epoch 1\//m.test(text) && host.signals.emit('SIGINT'));
    });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/■ stopped/);
    expect(out).toMatch(/^checkpoints .*stop \d+/m);
  });

  test('a failed run exits 1 and says why', async () => {
    const { out, exitCode } = await train('--set', 'optimizer.lr=1e38');
    expect(exitCode).toBe(1);
    expect(out).toContain('✗ failed');
    expect(out).toContain('train.nonFinite');
  });

  test.each([
    ['--tag', 'a,b', 'a tag has no comma; give --tag once for each.'],
    ['--tag', ' ', 'it is empty.'],
    ['--name', '', 'it is empty.'],
    ['--threads', '100000', 'a whole number from 1 to '],
    ['--threads', '0', 'a whole number from 1 to '],
  ])('%s %j is usage, and nothing is recorded', async (option, value, message) => {
    const { err, exitCode } = await train(option, value);
    expect(err).toContain('error usage  ');
    expect(err).toContain(message);
    expect(exitCode).toBe(2);
    expect((await runCommand(runsCommand, ledger(), [])).err).toContain('ledger.missing');
  });

  test('--profile writes a trace of some steps, prints where the time went, and changes no bit', async () => {
    const file = join(folder, 'trace.json');
    const plain = await train('--epochs', '30', '--threads', '2');
    const { out, exitCode } = await train('--epochs', '30', '--threads', '2', '--profile', file);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^steps 50 to 150, mean of 101, 2 threads$/m);
    const fingerprint = /^fingerprint .*$/m;
    expect(out.match(fingerprint)?.[0]).toBe(plain.out.match(fingerprint)?.[0]);
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as Trace;
    expect(new Set(traceEvents.map(({ tid }) => tid))).toEqual(new Set([0, 1]));
    expect(traceEvents.filter(({ name }) => name.startsWith('step '))).toHaveLength(101);
    const recorded = await runCommand(sqlCommand, ledger(), ['SELECT count(*) AS runs FROM v1_runs', '--format', 'json']);
    expect(JSON.parse(recorded.out)).toEqual([{ runs: 2 }]);
  });

  test('a trace that cannot be written is refused before anything is recorded', async () => {
    const nowhere = await train('--profile', join(folder, 'absent', 'trace.json'));
    expect(nowhere.err).toMatch(/^error profile\.write {2}cannot write .*trace\.json: ENOENT\nhelp /);
    expect(nowhere.exitCode).toBe(1);
    const recipeAsFile = await train('--profile', 'tiny.yaml');
    expect(recipeAsFile.err).toContain('a trace ends in .json, not `tiny.yaml`');
    expect(recipeAsFile.exitCode).toBe(2);
    expect((await runCommand(runsCommand, ledger(), [])).err).toContain('ledger.missing');
  });

  test('a mistake in the recipe is shown in its file, and nothing is recorded', async () => {
    writeFileSync(recipe, JSON.stringify({ ...tinyWritten, batch: 'many' }, null, 2));
    const { err, exitCode } = await train();
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error recipe\.value {2}batch is "many"\n {2}.*tiny\.json:\d+\n/);
    expect(err).toMatch(/ \^+\nhelp {2}batch takes /);
    expect((await runCommand(runsCommand, ledger(), [])).err).toContain('ledger.missing');
  });

  test('a setting that does not exist is usage, exit 2, with the one that was meant', async () => {
    const { err, exitCode } = await train('--set', 'optimiser.lr=0.01');
    expect(exitCode).toBe(2);
    expect(err).toContain('help  did you mean  --set optimizer.lr=0.01');
  });
});

describe('show', () => {
  test('finds a run by its name and by the start of its id', async () => {
    await train('--name', 'first');
    const [{ run_id: id }] = JSON.parse((await runCommand(runsCommand, ledger(), ['--format', 'json'])).out);
    const byName = await runCommand(showCommand, ledger(), ['first']);
    expect(byName.out).toContain(`run/${id.slice(0, 8)}  ✓ completed`);
    for (const word of [id, id.slice(0, 4), `run/${id.slice(0, 8)}`, `${id.slice(0, 4)} ${id.slice(4, 8)}`]) {
      expect((await runCommand(showCommand, ledger(), [word])).out).toBe(byName.out);
    }
  });

  test('says what the recipe has otherwise than that of the base', async () => {
    await train('--name', 'first');
    await train('--name', 'second', '--set', 'optimizer.lr=0.1', '--set', 'network=["flatten", {"linear": "classes"}]');
    const { out } = await runCommand(showCommand, ledger(), ['second', '--base', 'first']);
    expect(out).toContain('recipe, against first\n');
    expect(out).toContain('\n  optimizer.lr  0.05 → 0.1\n');
    expect(out).toContain('\n  network.batchNorm2d.1  eps 0.00001, momentum 0.1 → absent\n');
    const { base, differences } = JSON.parse(
      (await runCommand(showCommand, ledger(), ['second', '--base', 'first', '--format', 'json'])).out,
    );
    expect(base).toMatch(/^[0-9a-f-]{36}$/);
    expect(differences).toContainEqual({ path: 'optimizer.lr', before: '0.05', after: '0.1' });
  });

  test('an ambiguous name lists the candidates, an unknown one what is like it', async () => {
    await train('--name', 'same');
    await train('--name', 'same', '--seed', '2');
    const ambiguous = await runCommand(showCommand, ledger(), ['same']);
    expect(ambiguous.exitCode).toBe(1);
    expect(ambiguous.err).toMatch(
      /^error run\.ambiguous {2}same is the start or the name of 2 runs\nhelp {2}one of\n( {6}run\/[0-9a-f]{8} {2}same {2}completed\n){2}$/,
    );
    const unknown = await runCommand(showCommand, ledger(), ['sam']);
    expect(unknown.err).toMatch(/^error run\.unknown {2}no run is called sam or begins so\nhelp {2}perhaps one of\n/);
  });
});

describe('runs and sql', () => {
  test('repeats fold into mean and sd; other configurations stand alone; Δ against a base', async () => {
    await train('--seed', '1');
    await train('--seed', '2');
    await train('--set', 'optimizer.lr=0.001', '--name', 'slow');
    const folded = (await runCommand(runsCommand, ledger(), ['--base', 'tiny · seed 1'])).out.trimEnd().split('\n');
    expect(folded).toHaveLength(4);
    expect(folded[1]).toMatch(/^slow +[0-9a-f]{8} +✓ completed +[\d.]+ +[+−]?[\d.]+ /);
    expect(folded[2]).toMatch(/^tiny +×2 +✓ completed +[\d.]+ ± [\d.]+ +base /);
    expect(folded[3]).toBe('2 rows, 3 runs · --group none · --format csv');
    expect((await runCommand(runsCommand, ledger(), ['--group', 'none'])).out.trimEnd().split('\n')).toHaveLength(5);
    expect((await runCommand(runsCommand, ledger(), ['--where', 'slow and dataset = tiny'])).out).toContain('1 row, 1 run');
    expect((await runCommand(runsCommand, ledger(), ['--where', 'status = failed'])).out).toBe('no run matches  status = failed\n');
  });

  test('sql as table, CSV and JSON, and a mistake', async () => {
    await train('--name', 'a, "b"');
    const ask = (...argv: string[]): Promise<Ran> => runCommand(sqlCommand, ledger(), argv);
    const query = 'SELECT name, epochs, archived * 0.5 AS half, NULL AS absent FROM v1_runs';
    expect((await ask(query)).out).toBe('name    epochs  half  absent\na, "b"       2     0  null\n1 row\n');
    expect((await ask(query, '--format', 'csv')).out).toBe('name,epochs,half,absent\n"a, ""b""",2,0,\n');
    expect(JSON.parse((await ask(query, '--format', 'json')).out)).toEqual([{ name: 'a, "b"', epochs: 2, half: 0, absent: null }]);
    const mistake = await ask('SELECT nmae FROM v1_runs');
    expect(mistake.exitCode).toBe(1);
    expect(mistake.err).toMatch(/^error sql\./);
  });
});
