import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { demoCommand } from '../../../../app/cli/commands/demo.ts';
import { runsCommand } from '../../../../app/cli/commands/runs.ts';
import { serveCommand } from '../../../../app/cli/commands/serve.ts';
import { sqlCommand } from '../../../../app/cli/commands/sql.ts';
import { sweepCommand } from '../../../../app/cli/commands/sweep.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import type { DataSet } from '../../../../trainer/index.ts';
import { tinyDataSet, tinyWritten } from '../../runs/tiny.ts';
import type { FakeHost } from '../fakeHost.ts';
import { type Ran, runCommand } from './program.ts';

const load = async (): Promise<DataSet> => tinyDataSet();
const withoutNorm = tinyWritten.network.filter((layer) => layer !== 'batchNorm2d');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-sweeps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ledger = (): string => join(folder, 'ledger');

/** An ablation of the tiny network; returns its file. */
function ablation(changes: Record<string, unknown> = {}): string {
  const path = join(folder, 'norm.json');
  const content = { recipe: { ...tinyWritten, ...changes }, seeds: [1, 2], ablate: { network: [tinyWritten.network, withoutNorm] } };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('sweep', () => {
  test('an ablation ends in its verdict, means with sd, and pairs', async () => {
    const { out, err, exitCode } = await runCommand((context) => sweepCommand(context, load), ledger(), [ablation(), '--workers', '2']);
    expect(exitCode).toBe(0);
    expect(err.match(/^norm · network .* · seed [12] {2}epoch 2\/2 step 10 /gm)).toHaveLength(4);
    expect(out).toContain('2 seeds allow no conclusion.');
    expect(out).toMatch(/^network .* [\d.]+ ± [\d.]+ +[\d.]+ ± [\d.]+ +[+−]?[\d.]+ {2}.*\(too few\)$/m);
    expect(out.match(/^ {2}seed [12] +[\d.]+ +[\d.]+ +[+−]?[\d.]+$/gm)).toHaveLength(2);
  });

  test('a grid ends in its trials, best first', async () => {
    const path = join(folder, 'rates.json');
    writeFileSync(path, JSON.stringify({ recipe: tinyWritten, grid: { 'optimizer.lr': [0.00001, 0.05] } }));
    const { out } = await runCommand((context) => sweepCommand(context, load), ledger(), [path]);
    const [, best, other] = out.trimEnd().split('\n');
    expect(best).toMatch(/^ +2 {2}run\/[0-9a-f]{8} {2}0\.05 .* ✓ completed +[\d.]+ /);
    expect(other).toMatch(/^ +1 {2}run\/[0-9a-f]{8} {2}0\.00001 /);
  });

  test('a trial that alone is missing is trained on every core', async () => {
    const path = join(folder, 'rates.json');
    const sweep = async (rates: number[]): Promise<void> => {
      writeFileSync(path, JSON.stringify({ recipe: tinyWritten, grid: { 'optimizer.lr': rates } }));
      await runCommand((context) => sweepCommand(context, load), ledger(), [path, '--workers', '2']);
    };
    await sweep([0.01, 0.02]);
    await sweep([0.01, 0.02, 0.04]);
    const asked = 'SELECT lr, threads FROM v1_runs ORDER BY lr';
    const cores = availableParallelism();
    const shared = Math.max(1, Math.floor(cores / 2));
    expect(JSON.parse((await runCommand(sqlCommand, ledger(), [asked, '--format', 'json'])).out)).toEqual([
      { lr: 0.01, threads: shared },
      { lr: 0.02, threads: shared },
      { lr: 0.04, threads: cores },
    ]);
  });

  test('--set changes every trial, and is in their names and in what the ledger declares', async () => {
    const path = join(folder, 'rates.json');
    writeFileSync(path, JSON.stringify({ recipe: tinyWritten, grid: { 'optimizer.lr': [0.01, 0.05] } }));
    const argv = [path, '--set', 'epochs=1', '--set', 'optimizer.momentum=0.9'];
    const { exitCode } = await runCommand((context) => sweepCommand(context, load), ledger(), argv);
    expect(exitCode).toBe(0);
    const asked = 'SELECT name, epochs, lr FROM v1_runs ORDER BY lr';
    const { out } = await runCommand(sqlCommand, ledger(), [asked, '--format', 'json']);
    expect(JSON.parse(out)).toEqual([
      { name: 'rates · epochs 1 · momentum 0.9 · lr 0.01 · seed 1', epochs: 1, lr: 0.01 },
      { name: 'rates · epochs 1 · momentum 0.9 · lr 0.05 · seed 1', epochs: 1, lr: 0.05 },
    ]);
    const declared = "SELECT data ->> '$.recipe.epochs' AS epochs FROM v1_events WHERE type = 'SweepDeclared'";
    expect(JSON.parse((await runCommand(sqlCommand, ledger(), [declared, '--format', 'json'])).out)).toEqual([{ epochs: 1 }]);
  });

  test.each([
    ['network=[]', 'network is what the sweep varies', 'change network in '],
    ['network[0].conv2d.out=3', 'network[0].conv2d.out is what the sweep varies', 'change network in '],
    ['seed=3', 'seed is what the sweep varies', 'change seeds in '],
    ['epoch=3', 'there is no `epoch` in a recipe', 'did you mean  --set epochs=3'],
    ['epochs=few', 'epochs is "few"', 'epochs takes '],
  ])('--set %s is usage, with help, and nothing is recorded', async (setting, message, help) => {
    const { err, exitCode } = await runCommand((context) => sweepCommand(context, load), ledger(), [ablation(), '--set', setting]);
    expect(err).toContain(`error usage  ${message}`);
    expect(err).toContain(`  --set ${setting}\n`);
    expect(err).toContain(`help  ${help}`);
    expect(exitCode).toBe(2);
    expect((await runCommand(runsCommand, ledger(), [])).err).toContain('ledger.missing');
  });
});

describe('demo', () => {
  const demo = (path: string, started: (host: FakeHost) => void): Promise<Ran> =>
    runCommand((context: CliContext) => demoCommand(context, load, path), ledger(), ['--port', '0'], started);

  /** Ctrl-C as soon as the text is on the terminal. */
  const interruptAt = (text: string) => (host: FakeHost) => {
    host.stdout.on('data', () => host.stdout.text().includes(text) && host.signals.emit('SIGINT'));
    host.stderr.on('data', () => host.stderr.text().includes(text) && host.signals.emit('SIGINT'));
  };

  test('serves from the start, trains, ends in the table, serves on; started again it trains nothing', async () => {
    let page: Promise<Response> | undefined;
    const first = await demo(ablation(), (host) => {
      interruptAt('Ctrl-C ends.')(host);
      host.stdout.on('data', (text: string) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
        if (url !== undefined) page ??= fetch(url);
      });
    });
    expect(first.exitCode).toBe(0);
    expect((await page)?.status).toBe(200);
    expect(first.out).toContain('2 seeds allow no conclusion.');
    expect(first.err.match(/epoch 2\/2/g)).toHaveLength(4);

    const second = await demo(ablation(), interruptAt('Ctrl-C ends.'));
    expect(second.err.match(/is known already/g)).toHaveLength(4);
    expect(second.err).not.toContain('epoch');
    expect(second.out).toContain('2 seeds allow no conclusion.');
    expect(JSON.parse((await runCommand(runsCommand, ledger(), ['--group', 'none', '--format', 'json'])).out)).toHaveLength(4);
  });

  test('Ctrl-C while it trains ends cleanly, exit 0; what was stopped starts anew', async () => {
    const stopped = await demo(ablation({ epochs: 3000 }), interruptAt('epoch 1/3000'));
    expect(stopped.exitCode).toBe(0);
    const runs = await runCommand(runsCommand, ledger(), ['--group', 'none', '--format', 'json']);
    expect(JSON.parse(runs.out).map(({ status }: { status: string }) => status)).toEqual(Array(4).fill('stopped'));
    const again = await demo(ablation({ epochs: 3000 }), interruptAt('epoch 1/3000'));
    expect(again.err).not.toContain('known already');
  });

  test('a taken port is said before anything is trained', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { err, exitCode } = await runCommand((context) => demoCommand(context, load, ablation()), ledger(), ['--port', String(port)]);
    other.close();
    expect(exitCode).toBe(1);
    expect(err).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(err).toContain(`--port ${port + 1}`);
    expect(JSON.parse((await runCommand(runsCommand, ledger(), ['--format', 'json'])).out)).toEqual([]);
  });
});

describe('serve', () => {
  test('says where, serves until Ctrl-C, trains nothing', async () => {
    let page: Promise<Response> | undefined;
    const { out, exitCode } = await runCommand(serveCommand, ledger(), ['--port', '0'], (host) => {
      host.stdout.on('data', (text: string) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
        if (url === undefined) return;
        page = fetch(url);
        void page.then(() => host.signals.emit('SIGINT'));
      });
    });
    expect((await page)?.status).toBe(200);
    expect(out).toMatch(/^serving .*ledger on http:/);
    expect(exitCode).toBe(0);
  });
});
