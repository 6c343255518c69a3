// The seed recipe's mix of events, cut into transactions: what all sides of the append rows write.
import type { NewEvent } from '../../../app/ledger/ports.ts';
import type { Fact } from '../../../trainer/facts.ts';
import { asEvents, syntheticFacts } from '../../app/ledger/synthetic.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';

export interface Append {
  stream: string;
  expectedVersion: number;
  events: NewEvent[];
}

/** Appends that one transaction makes. */
export type Transaction = Append[];

/** Whole runs of 30 epochs, at least `events` in all, so many a transaction; where a run ends within one, it takes two appends. */
export function seedMix(events: number, aTransaction: number): Transaction[] {
  const event = eventSource();
  const transactions: Transaction[] = [];
  let room = 0;
  let total = 0;
  for (let run = 1; total < events; run++) {
    const facts = asEvents(withLastCheckpoints(syntheticFacts({ epochs: 30, seed: run })), event);
    for (let start = 0; start < facts.length; ) {
      if (room === 0) {
        transactions.push([]);
        room = aTransaction;
      }
      const part = facts.slice(start, start + room);
      transactions.at(-1)!.push({ stream: streamOf('run', run), expectedVersion: start, events: part });
      start += part.length;
      room -= part.length;
    }
    total += facts.length;
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
