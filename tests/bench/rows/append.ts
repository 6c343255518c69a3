// How fast events are appended, with hash chain and read models, against bare inserts of the same rows.
import { availableParallelism } from 'node:os';
import type { Bench, Measurement } from '../bench.ts';
import { countEvents, seedMix } from '../ledger/mix.ts';
import { appendSides } from '../ledger/sides.ts';
import { inRounds } from '../measure/rounds.ts';
import type { Quantity, Row } from '../report/row.ts';

const perSecond = (value: number): Quantity => ({ value, unit: 'events/s' });

function appending(name: string, words: string, aTransaction: number, sizes: { full: number; quick: number }): Measurement {
  return {
    name,
    quickSeconds: 8,
    async measure({ pace, quick }: Bench): Promise<Row[]> {
      const transactions = seedMix(quick ? sizes.quick : sizes.full, aTransaction);
      const { writer, bare, wholePath } = await appendSides(transactions);
      const rounds = await inRounds([writer, bare, wholePath], pace);
      const against = { ...perSecond(rounds.median(bare)), name: bare.name };
      return [
        {
          id: name,
          what: `append, ${words} a transaction`,
          measured: perSecond(rounds.median(writer)),
          against,
          ratio: { value: rounds.median(writer) / rounds.median(bare), unit: 'x' },
          target: { atLeast: 0.5 },
          note: `${countEvents(transactions)} events of the seed recipe a sample, each into a new ledger`,
          samples: rounds.samples([writer, bare]),
        },
        {
          id: `${name}.thread`,
          what: `the same, through the ledger thread`,
          measured: perSecond(rounds.median(wholePath)),
          against,
          ratio: { value: rounds.median(wholePath) / rounds.median(bare), unit: 'x' },
          target: null,
          note: `checked, encoded, sent to the thread and back, each commit waited for; ${availableParallelism()} cores`,
          samples: rounds.samples([wholePath]),
        },
      ];
    },
  };
}

export const appends: readonly Measurement[] = [
  appending('append.one', 'one event', 1, { full: 1_000, quick: 200 }),
  appending('append.thousand', '1,000 events', 1_000, { full: 10_000, quick: 5_000 }),
];
