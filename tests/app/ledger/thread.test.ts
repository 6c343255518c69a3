// The ledger thread from outside: what waits is on disk after close, listeners hear of commits, and a process that has appended does not
// end before its append is on disk.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';

const stream = streamOf('run', 1);

test('close commits what waits for the group', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  await ledger.log.append(stream, 0, [event('One')]);
  const waiting = ledger.log.append(stream, 1, [event('Two')]);
  await ledger.close();
  expect((await waiting).kind).toBe('appended');
  const again = await temporaryLedger({ folder });
  expect((await again.log.head(stream)).version).toBe(2);
});

test('after close every call is refused, and closing twice is one close', async () => {
  const ledger = await temporaryLedger();
  await Promise.all([ledger.close(), ledger.close()]);
  await expect(ledger.leases.hold('x')).rejects.toMatchObject({ code: 'ledger.closed' });
});

test('listeners hear the newest position after a commit, readers in another ledger too, until they stop listening', async () => {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const reader = await temporaryLedger({ folder, write: false });
  const event = eventSource();
  const heard: number[] = [];
  const stop = ledger.onChange((position) => heard.push(position));
  const elsewhere = new Promise<number>((resolve) => reader.onChange(resolve));
  await ledger.log.append(stream, 0, [event('One'), event('Two')], { flush: true });
  expect(await elsewhere).toBe(2);
  expect(heard).toEqual([2]);
  stop();
  await ledger.log.append(stream, 2, [event('Three')], { flush: true });
  await ledger.leases.release('nothing');
  expect(heard).toEqual([2]);
});

test('a process ends by itself once its appends are on disk, without closing', async () => {
  const folder = temporaryFolder();
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'writingProcess.ts'), folder, 'leave', '1']);
  const ledger = await temporaryLedger({ folder });
  expect((await ledger.log.head(stream)).version).toBe(2);
});
