// What doctor says of a machine that is well and of one that is not; the engine's own findings are real in one test and made up in the others.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { doctorCommand } from '../../../../app/cli/commands/doctor.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import type { EngineFindings } from '../../../../app/doctor/engine.ts';
import { openLedger } from '../../../../app/ledger/index.ts';
import { type Ran, runCommand } from './program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const well: EngineFindings = {
  simd: true,
  fused: true,
  arithmetics: [
    { arithmetic: 'fused', backend: 'wasm-256', merged: true, agrees: true },
    { arithmetic: 'strict', backend: 'wasm-256', merged: true, agrees: true },
  ],
  flags: ['--experimental-wasm-revectorize'],
  peak: { oneThread: 120.4, allThreads: 234.8, threads: 2 },
};
const doctor = (ledger: string, engine: EngineFindings = well, ...argv: string[]): Promise<Ran> =>
  runCommand((context: CliContext) => doctorCommand(context, async () => engine), ledger, argv);

describe('a machine that is well', () => {
  test('the real engine: vectors, a self-test for each arithmetic, a peak; JSON holds the same', async () => {
    const { out, exitCode } = await runCommand(doctorCommand, join(folder, 'ledger'), ['--format', 'json']);
    const { node, engine, ledger, faults } = JSON.parse(out);
    expect(node).toBe(process.versions.node);
    expect(engine.simd).toBe(true);
    expect(engine.arithmetics.map(({ arithmetic, agrees }: EngineFindings['arithmetics'][number]) => [arithmetic, agrees])).toEqual(
      (engine.fused ? ['fused', 'strict'] : ['strict']).map((arithmetic) => [arithmetic, true]),
    );
    expect(engine.flags.includes('--experimental-wasm-revectorize')).toBe(process.arch === 'x64');
    expect(engine.peak.oneThread).toBeGreaterThan(0);
    expect(ledger).toMatchObject({ state: 'none', writable: true, schema: null });
    expect(faults).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('in words; a ledger is counted and not written to', async () => {
    const path = join(folder, 'ledger');
    await (await openLedger(path, { write: true })).close();
    const { out, exitCode } = await doctor(path);
    expect(out).toMatch(/^self-test +fused +wasm-256 {2}✓ equals the reference$/m);
    expect(out).toMatch(/^peak +120 GFLOP\/s on one thread, 235 on 2 \(1\.95 times\)$/m);
    expect(out).toMatch(/^ledger .*\/ledger {2}✓ ready · schema 1 · 0 runs, 0 events$/m);
    expect(out).toMatch(/^data sets +mnist +✓ ready$/m);
    expect(out).toMatch(/^✓ ready to train$/m);
    expect(exitCode).toBe(0);
  });

  test('without fused multiply-add it says what recipes need', async () => {
    const { out, exitCode } = await doctor(folder, { ...well, fused: false, arithmetics: well.arithmetics.slice(1) });
    expect(out).toMatch(/^multiply-add +rounds twice: recipes need {2}--set arithmetic=strict$/m);
    expect(exitCode).toBe(0);
  });
});

describe('what is broken exits 1, with help', () => {
  test('kernels that differ from the reference', async () => {
    const [fused, strict] = well.arithmetics;
    const { out, exitCode } = await doctor(folder, { ...well, arithmetics: [{ ...fused!, agrees: false }, strict!] });
    expect(out).toMatch(/^self-test +fused +wasm-256 {2}✗ differs from the reference$/m);
    expect(out).toMatch(/^✗ broken {2}wasm-256 kernels differ from the reference in fused arithmetic: .*\nhelp {2}check /m);
    expect(exitCode).toBe(1);
  });

  test('no vectors', async () => {
    const { out, exitCode } = await doctor(folder, { simd: false, fused: false, arithmetics: [], flags: [], peak: null });
    expect(out).toMatch(/^✗ broken {2}WebAssembly has no vectors here, so nothing can be trained$/m);
    expect(exitCode).toBe(1);
  });

  test('a file where the ledger’s folder should be', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    const { out, exitCode } = await doctor(join(path, 'ledger'));
    expect(out).toMatch(/^✗ broken {2}.*ledger may not be written\nhelp {2}name a folder that may be written with {2}--ledger <folder>$/m);
    expect(exitCode).toBe(1);
  });

  test('a database of another program', async () => {
    const path = join(folder, 'ledger');
    mkdirSync(path);
    new Database(join(path, 'ledger.db')).exec('CREATE TABLE theirs (x)').close();
    const { out, exitCode } = await doctor(path, well, '--format', 'json');
    expect(JSON.parse(out).ledger).toMatchObject({ state: 'broken', schema: null });
    expect(JSON.parse(out).faults).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('is a database of another program'),
        help: expect.stringContaining('--ledger'),
      }),
    ]);
    expect(exitCode).toBe(1);
  });
});
