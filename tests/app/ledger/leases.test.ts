// Leases in one process: held, released, silent, revived. Times are written by hand instead of waited for.

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ledger } from '../../../app/ledger/index.ts';
import { sweepInterrupted, type Wait } from '../../../app/ledger/leases.ts';
import { confirmMs, deadMs, liveness, suspectMs } from '../../../app/ledger/liveness.ts';
import { identifyProcess } from '../../../app/ledger/process.ts';
import { openConnection } from '../../../app/ledger/sqlite/connection.ts';
import { prepareLeases } from '../../../app/ledger/sqlite/leases.ts';
import { livingStatus } from '../../../app/runs/living.ts';
import { eventSource, idSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { temporaryLedger } from './folders.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from './synthetic.ts';

const run = uuidOf(1);
const plan = { epochs: 3, train: 6400, endsAfter: 1 };

/** Leases are looked at twice where only a clock calls them dead. */
const atOnce = async () => {};

async function runningLedger(wait: Wait = atOnce): Promise<Ledger> {
  const ledger = await temporaryLedger({ wait });
  await record(ledger.log, streamOf('run', 1), 0, asEvents(syntheticFacts(plan), eventSource()));
  return ledger;
}

/** As another machine's process would leave it: its life cannot be seen from here. */
function writeLease({ folder }: Ledger, silentMs: number): void {
  const database = new Database(join(folder, 'ledger.db'));
  database
    .prepare('INSERT OR REPLACE INTO leases (run_id, process_id, boot_id, process_start, beat_at) VALUES (?, 1, ?, ?, ?)')
    .run(run, 'elsewhere', '1', Date.now() - silentMs);
  database.close();
}

const status = ({ database }: Ledger) => database.prepare<[], string>('SELECT status FROM v1_runs').pluck().get();

describe('liveness', () => {
  const now = 1_000_000_000;
  const elsewhere = { runId: run, processId: 1, bootId: 'elsewhere', processStart: '1' };
  const here = { runId: run, ...identifyProcess() };

  test('without a lease nobody is there', () => expect(liveness(null, now)).toBe('dead'));
  test('a process elsewhere is judged by its beats alone', () => {
    const after = (silentMs: number) => liveness({ ...elsewhere, beatAt: now - silentMs }, now);
    expect([0, suspectMs, suspectMs + 1, deadMs, deadMs + 1].map(after)).toEqual(['live', 'live', 'suspect', 'suspect', 'dead']);
  });
  test.runIf(process.platform === 'linux')('a process that can be seen is never dead, however silent', () => {
    expect(liveness({ ...here, beatAt: now - 10 * deadMs }, now)).toBe('suspect');
  });
  test.runIf(process.platform === 'linux')('a process id that another process has now is dead at once', () => {
    expect(liveness({ ...here, processStart: '1', beatAt: now }, now)).toBe('dead');
  });
});

test('a held run is live until it is released or the ledger is closed', async () => {
  const ledger = await runningLedger();
  expect(await ledger.leases.state(run)).toBe('dead');
  await ledger.leases.hold(run);
  expect(await ledger.leases.state(run)).toBe('live');
  await ledger.leases.release(run);
  expect(await ledger.leases.state(run)).toBe('dead');
  await ledger.leases.hold(run);
  await ledger.close();
  const again = await temporaryLedger({ folder: ledger.folder });
  expect(await again.leases.state(run)).toBe('dead');
});

test('the view doubts a silent lease, gives it up later, and believes a late heartbeat', async () => {
  const ledger = await runningLedger();
  expect(status(ledger)).toBe('interrupted');
  writeLease(ledger, 0);
  expect(status(ledger)).toBe('running');
  writeLease(ledger, 20_000);
  expect(status(ledger)).toBe('suspect');
  expect(await ledger.sweepInterrupted()).toEqual([]);
  writeLease(ledger, 100);
  expect(status(ledger)).toBe('running');
  writeLease(ledger, 90_000);
  expect(status(ledger)).toBe('interrupted');
  expect(await ledger.sweepInterrupted()).toEqual([run]);
});

test('runs that have ended, and queued runs that nobody has taken, are left alone', async () => {
  const ledger = await temporaryLedger();
  const event = eventSource();
  await record(ledger.log, streamOf('run', 1), 0, asEvents(syntheticFacts({ epochs: 1, train: 6400 }), event));
  const queued = { recipe: syntheticRecipe(plan) as never, name: null, tags: [], sweep: null };
  await ledger.log.append(streamOf('run', 2), 0, [event('RunQueued', { data: queued, attempt: 0 })], { flush: true });
  expect(await ledger.sweepInterrupted()).toEqual([]);
});

test('a queued run whose keeper is gone is found too', async () => {
  const ledger = await temporaryLedger({ wait: atOnce });
  const queued = { recipe: syntheticRecipe(plan) as never, name: null, tags: [], sweep: null };
  await ledger.log.append(streamOf('run', 1), 0, [eventSource()('RunQueued', { data: queued, attempt: 0 })], { flush: true });
  writeLease(ledger, 90_000);
  expect(await ledger.sweepInterrupted()).toEqual([run]);
  expect(status(ledger)).toBe('interrupted');
});

test('a run that ends while it is being looked at is not found interrupted', async () => {
  const ledger = await temporaryLedger();
  const facts = asEvents(syntheticFacts({ epochs: 1, train: 6400 }), eventSource());
  const { log, database: connection } = ledger;
  const stream = streamOf('run', 1);
  await record(log, stream, 0, facts.slice(0, -1));
  const lateLog = {
    ...log,
    async head(name: string) {
      await record(log, stream, facts.length - 1, facts.slice(-1));
      return log.head(name);
    },
  };
  const newEventId = idSource();
  expect(await sweepInterrupted({ connection, log: lateLog, clock: Date.now, newEventId, wait: atOnce })).toEqual([]);
  expect(status(ledger)).toBe('completed');
});

test('a lease that another process has taken over is neither renewed nor released', async () => {
  const { folder } = await runningLedger();
  const connection = openConnection(join(folder, 'ledger.db'), { write: true });
  onTestFinished(() => void connection.close());
  const ours = prepareLeases(connection, { processId: 1, bootId: 'here', processStart: '1' });
  const theirs = prepareLeases(connection, { processId: 1, bootId: 'here', processStart: '2' });
  ours.hold(run, 1000);
  theirs.hold(run, 2000);
  const lease = () => connection.prepare('SELECT process_start, beat_at FROM leases WHERE run_id = ?').get(run);
  ours.beat(3000);
  expect(lease()).toEqual({ process_start: '2', beat_at: 2000 });
  ours.release(run);
  expect(lease()).toEqual({ process_start: '2', beat_at: 2000 });
  theirs.beat(4000);
  expect(lease()).toEqual({ process_start: '2', beat_at: 4000 });
  theirs.releaseAll();
  expect(lease()).toBeUndefined();
});

test('a lease that a full disk would not let go is let go with a later beat, and can be taken again before', async () => {
  const { folder } = await runningLedger();
  const connection = openConnection(join(folder, 'ledger.db'), { write: true });
  onTestFinished(() => void connection.close());
  const leases = prepareLeases(connection, identifyProcess());
  const held = () => connection.prepare('SELECT count(*) FROM leases').pluck().get();
  const exec = connection.exec.bind(connection);
  const refuse = () => {
    connection.exec = (sql) => {
      if (sql === 'COMMIT') throw new Database.SqliteError('full', 'SQLITE_FULL');
      return exec(sql);
    };
    expect(() => leases.release(run)).toThrow(expect.objectContaining({ code: 'ledger.full' }));
    connection.exec = exec;
  };
  leases.hold(run, Date.now());
  refuse();
  expect(held()).toBe(1);
  expect(leases.take(run, Date.now())).toBe(true);
  leases.beat(Date.now());
  expect(held()).toBe(1);
  refuse();
  leases.beat(Date.now());
  expect(held()).toBe(0);
});

test('a lease that is silent by the clock alone is given time: a beat shows that somebody lives', async () => {
  let beating = true;
  const waits: number[] = [];
  const ledger: Ledger = await runningLedger(async (milliseconds) => {
    waits.push(milliseconds);
    if (beating) writeLease(ledger, 0);
  });
  // As after the clock was set forward by a day.
  const jump = () => writeLease(ledger, 86_400_000);
  jump();
  expect(await ledger.sweepInterrupted()).toEqual([]);
  jump();
  expect(await ledger.leases.gone(run)).toBe(false);
  jump();
  expect(await ledger.leases.take(run)).toBe(false);
  expect(waits).toEqual([confirmMs, confirmMs, confirmMs]);
  beating = false;
  jump();
  expect(await ledger.leases.gone(run)).toBe(true);
  expect(await ledger.sweepInterrupted()).toEqual([run]);
  expect(await ledger.leases.take(run)).toBe(true);
});

test('a run that the views gave up, and whose process lives, is only doubted', async () => {
  const leases = (state: 'live' | 'suspect' | 'dead') => ({ state: async () => state, held: async () => true });
  expect(await livingStatus(leases('suspect'), run, 'interrupted')).toBe('suspect');
  expect(await livingStatus(leases('dead'), run, 'interrupted')).toBe('interrupted');
  expect(await livingStatus(leases('live'), run, 'stopped')).toBe('stopped');
});
