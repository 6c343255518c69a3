// A process of its own that writes into a ledger, started by the tests: appends in a loop and says after each commit what is on disk, leaves
// without waiting, or holds a run for ever.
// Arguments: folder, what to do, number of the stream.
import { randomUUIDv7 } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openLedger } from '../../../app/ledger/index.ts';
import { streamOf, uuidOf } from '../../contracts/events.ts';

const [folder, task, number] = process.argv.slice(2) as [string, 'append' | 'leave' | 'hold', string];
const n = Number(number);
const stream = streamOf('run', n);
const ledger = await openLedger(folder, { write: true });

const event = (type: string, data: object) => ({
  id: randomUUIDv7(),
  type,
  schemaVersion: 1,
  attempt: 1,
  recordedAt: new Date().toISOString(),
  data: data as never,
  measured: {},
  arrays: new Uint8Array(1000),
  blob: null,
});

/** At once, so that what was said survives this process. */
const say = (word: string | number) => writeSync(1, `${word}\n`);

if (task === 'hold') {
  await ledger.leases.hold(uuidOf(n));
  say('held');
  // The thread's heartbeat does not keep a process alive.
  setInterval(() => {}, 1000);
} else if (task === 'leave') {
  // Neither waits nor closes.
  for (const version of [0, 1]) void ledger.log.append(stream, version, [event('Counted', { version: version + 1 })]);
} else {
  for (let version = 0; version < 200; version++) {
    const result = await ledger.log.append(stream, version, [event('Counted', { version: version + 1 })], { flush: true });
    if (result.kind !== 'appended') throw new Error('conflict');
    say(version + 1);
  }
  await ledger.close();
}
