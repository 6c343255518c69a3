// One of several processes that write into one ledger at once: so many events into a stream of its own, and against the others for every version
// of a stream that all of them want. Says what it won. Arguments: folder, number, seed, events, rounds.
import { randomUUIDv7 } from 'node:crypto';
import { openLedger } from '../../../app/ledger/index.ts';
import type { NewEvent } from '../../../app/ledger/ports.ts';
import { streamOf } from '../../contracts/events.ts';
import { chance } from '../chance.ts';

export interface Won {
  /** Versions of the common stream that were written here. */
  versions: number[];
}

const [folder, ...rest] = process.argv.slice(2) as [string, string, string, string, string];
const [number, seed, events, rounds] = rest.map(Number) as [number, number, number, number];
const dice = chance(seed * 100 + number);
const ledger = await openLedger(folder, { write: true });

const event = (type: string): NewEvent => ({
  id: randomUUIDv7(),
  type,
  schemaVersion: 1,
  attempt: number,
  recordedAt: new Date().toISOString(),
  data: { by: number },
  measured: {},
  arrays: null,
  blob: null,
});

async function writeOwn(): Promise<void> {
  const appends: Promise<unknown>[] = [];
  for (let version = 0; version < events; ) {
    const size = Math.min(events - version, 1 + dice.below(20));
    const batch = Array.from({ length: size }, () => event('Counted'));
    appends.push(ledger.log.append(streamOf('run', number), version, batch, { flush: dice.oneIn(3) }).then(mustBeAppended));
    version += size;
    // So that the commits are many.
    if (dice.oneIn(4)) await appends.at(-1);
  }
  await Promise.all(appends);
}

function mustBeAppended({ kind }: { kind: string }): void {
  if (kind !== 'appended') throw new Error(`${kind} in a stream of one author`);
}

async function race(): Promise<Won> {
  const versions: number[] = [];
  for (let version = 0; version < rounds; version++) {
    const result = await ledger.log.append(streamOf('run', 99), version, [event('Raced')], { flush: true });
    if (result.kind === 'appended') versions.push(version + 1);
    else if (result.missed[0]?.version !== version + 1)
      throw new Error(`lost version ${version + 1} and is told of ${result.missed[0]?.version}`);
  }
  return { versions };
}

process.once('message', async () => {
  const [won] = await Promise.all([race(), writeOwn()]);
  await ledger.close();
  process.send?.(won, () => process.exit(0));
});
process.send?.('open');
