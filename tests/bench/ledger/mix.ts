// The seed recipe's mix of events, encoded and cut into transactions: what both sides of the append rows write.
import { encodeEvent } from '../../../app/ledger/encode.ts';
import type { AppendRequest } from '../../../app/ledger/sqlite/append.ts';
import type { Fact } from '../../../trainer/facts.ts';
import { asEvents, syntheticFacts } from '../../app/ledger/synthetic.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';

/** Appends that one transaction makes. */
export type Transaction = AppendRequest[];

/** Whole runs of 30 epochs, about `events` in all, so many events a transaction; where a run ends within one, it takes two appends. */
export function seedMix(events: number, aTransaction: number): Transaction[] {
  const event = eventSource();
  const transactions: Transaction[] = [];
  let room = 0;
  let total = 0;
  for (let run = 1; total < events; run++) {
    const encoded = asEvents(withLastCheckpoints(syntheticFacts({ epochs: 30, seed: run })), event).map(encodeEvent);
    for (let start = 0; start < encoded.length; ) {
      if (room === 0) {
        transactions.push([]);
        room = aTransaction;
      }
      const part = encoded.slice(start, start + room);
      transactions.at(-1)!.push({ stream: streamOf('run', run), expectedVersion: start, events: part });
      start += part.length;
      room -= part.length;
    }
    total += encoded.length;
  }
  return transactions;
}

/** A real run keeps a checkpoint at the end of every epoch; made-up facts have that of the last one only. */
function* withLastCheckpoints(facts: Iterable<Fact>): Generator<Fact> {
  for (const fact of facts) {
    yield fact;
    if (fact.type !== 'EpochMeasured') continue;
    const { epoch, step, weightsSha256 } = fact.data;
    const data = { epoch, step, sha256: weightsSha256, bytes: 6_600_000, reason: 'last' as const };
    yield { type: 'CheckpointTaken', data, measured: {}, blob: new Uint8Array() };
  }
}

export const countEvents = (transactions: readonly Transaction[]): number =>
  transactions.flat().reduce((sum, { events }) => sum + events.length, 0);
