// Several processes and one ledger: they write at once, they are killed, they hold runs and vanish.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { verifyLedger } from '../../../app/ledger/verify/index.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';
import { asEvents, record, syntheticFacts } from './synthetic.ts';

interface Child {
  process: ChildProcess;
  lines: AsyncIterator<string>;
}

function start(folder: string, task: 'append' | 'hold', number: number): Child {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writingProcess.ts'), folder, task, String(number)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function kill({ process: child }: Child): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('kill -9 in the middle of writing loses nothing that was acknowledged', async () => {
  const folder = temporaryFolder();
  const child = start(folder, 'append', 1);
  let acknowledged = 0;
  while (acknowledged < 20) acknowledged = Number((await child.lines.next()).value);
  await kill(child);
  for (let line = await child.lines.next(); !line.done; line = await child.lines.next()) acknowledged = Number(line.value);
  expect((await verifyLedger(folder)).ok).toBe(true);
  const ledger = await temporaryLedger({ folder });
  const { version } = await ledger.log.head(streamOf('run', 1));
  expect(version).toBeGreaterThanOrEqual(acknowledged);
  const next = await ledger.log.append(streamOf('run', 1), version, [eventSource()('Next')], { flush: true });
  expect(next.kind).toBe('appended');
});

test('two processes write at the same time, and a third sees all of it', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const seen: number[] = [];
  ledger.onChange((position) => seen.push(position));
  const children = [start(folder, 'append', 1), start(folder, 'append', 2)];
  const codes = await Promise.all(children.map(async ({ process: child }) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0]);
  for (const n of [1, 2]) {
    const events = await ledger.log.read(streamOf('run', n));
    expect(events.map(({ data }) => (data as { version: number }).version)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  }
  while (seen.at(-1) !== 400) await new Promise((resolve) => ledger.onChange(resolve));
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  await ledger.close();
  expect((await verifyLedger(folder)).ok).toBe(true);
});

test('a run whose process is killed is dead at once, and is found interrupted once', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const run = streamOf('run', 1);
  const event = eventSource();
  const child = start(folder, 'hold', 1);
  expect((await child.lines.next()).value).toBe('held');
  await record(ledger.log, run, 0, asEvents(syntheticFacts({ epochs: 3, train: 6400, endsAfter: 1 }), event));
  const status = () => ledger.database.prepare<[], string>('SELECT status FROM v1_runs').pluck().get();

  expect(await ledger.leases.state(uuidOf(1))).toBe('live');
  expect(await ledger.sweepInterrupted()).toEqual([]);
  expect(status()).toBe('running');

  await kill(child);
  expect(await ledger.leases.state(uuidOf(1))).toBe('dead');
  expect(await ledger.sweepInterrupted()).toEqual([uuidOf(1)]);
  expect(await ledger.sweepInterrupted()).toEqual([]);
  expect(status()).toBe('interrupted');
  const last = (await ledger.log.read(run)).at(-1)!;
  expect(last).toMatchObject({ type: 'RunInterrupted', attempt: 1, data: { why: 'lease', lastBeat: expect.any(String) } });
});
