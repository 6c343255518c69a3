// An import that is killed at any moment has taken everything over or nothing, and the next one clears up and ends the work.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { importCommand } from '../../../../app/cli/commands/import.ts';
import { openLedger } from '../../../../app/ledger/index.ts';
import { verifyLedger } from '../../../../app/ledger/verify/index.ts';
import { runCommand } from '../../cli/commands/program.ts';
import { temporaryFolder, temporaryLedger } from '../folders.ts';
import { generator } from '../synthetic.ts';
import { append, eventsOf, exported, headOf, recordRun, runId } from './ledgers.ts';

const main = resolve(import.meta.dirname, '../../../../app/cli/main.ts');

async function isEmpty(folder: string): Promise<boolean> {
  const ledger = await openLedger(folder, { write: false });
  try {
    return (await ledger.log.readAll({ limit: 1 })).events.length === 0;
  } finally {
    await ledger.close();
  }
}

async function untilItReads(folder: string, child: ChildProcess): Promise<void> {
  const isReading = () => readdirSync(join(folder, 'blobs')).some((name) => name.endsWith('.import'));
  while (!isReading() && child.exitCode === null) await setTimeout(1);
}

test('killed at random moments: all or nothing', { timeout: 60_000 }, async () => {
  const source = await temporaryLedger();
  const event = eventsOf(1);
  for (let n = 1; n <= 2; n++) await recordRun(source, event, n);
  for (let part = 0; part < 2; part++) {
    const many = Array.from({ length: 1500 }, (_, i) => event('Counted', { data: { n: part * 1500 + i } }));
    await append(source, `run/${runId(8)}`, many);
  }
  const archive = await exported(source);
  const head = await headOf(source);
  const started = performance.now();
  const first = temporaryFolder();
  expect((await runCommand(importCommand, first, [archive])).exitCode).toBe(0);
  const whole = performance.now() - started;

  const outcomes: string[] = [];
  for (let seed = 1; seed <= 4; seed++) {
    const folder = temporaryFolder();
    await (await temporaryLedger({ folder })).close();
    const child = spawn(process.execPath, [main, '--ledger', folder, 'import', archive], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    // Twice as soon as it reads the archive; else what is random is the moment, and a start takes about as long as the import.
    if (seed <= 2) await untilItReads(folder, child);
    else await setTimeout(generator(seed)() * 3 * whole);
    child.kill('SIGKILL');
    await ended;
    const report = await verifyLedger(folder);
    expect(report.ok, `seed ${seed}: ${report.faults}`).toBe(true);
    const outcome = (await isEmpty(folder)) ? 'nothing' : 'all';
    if (outcome === 'all') expect(report.head, `seed ${seed}`).toBe(head);
    outcomes.push(outcome);
    expect((await runCommand(importCommand, folder, [archive])).exitCode, `seed ${seed}`).toBe(0);
    expect(await verifyLedger(folder), `seed ${seed}`).toMatchObject({ ok: true, head, orphans: { count: 0 } });
    expect(readdirSync(join(folder, 'blobs')).filter((name) => name.endsWith('.import'))).toEqual([]);
  }
  console.log(`killed imports had taken over: ${outcomes.join(', ')}`);
});
