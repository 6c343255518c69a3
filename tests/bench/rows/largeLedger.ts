// What a large ledger takes: 10,000 runs of 100 epochs are folded anew, opened, and shown.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openWriter } from '../../../app/ledger/sqlite/writer.ts';
import type { Bench, Measurement } from '../bench.ts';
import { writeLargeLog } from '../ledger/large.ts';
import { Child } from '../measure/child.ts';
import { summarize } from '../measure/statistics.ts';
import { temporaryFolder } from '../measure/temporary.ts';
import type { Row, Target } from '../report/row.ts';

/** As the launcher sets it. */
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, '../../../node_modules/.cache/compile');

const sizes = { full: { runs: 10_000, epochs: 100 }, quick: { runs: 200, epochs: 100 } };

interface Opening {
  openMs: number;
  pageMs: number;
}

export const largeLedger: Measurement = {
  name: 'large',
  quickSeconds: 15,
  async measure({ quick }: Bench): Promise<Row[]> {
    const size = quick ? sizes.quick : sizes.full;
    const folder = temporaryFolder();
    try {
      const file = join(folder.path, 'ledger.db');
      const [generatedS, events] = await seconds(async () => writeLargeLog(file, size));
      // The first time there are no read models to take the place of.
      const [firstS, writer] = await seconds(() => openWriter(file));
      const [rebuildS] = await seconds(() => writer.rebuild());
      writer.close();
      const megabytes = Math.round(statSync(file).size / 1e6);
      const what = `${size.runs.toLocaleString('en')} runs, ${events.toLocaleString('en')} events`;
      const openings = await openOften(folder.path, quick ? 3 : 9);
      const target = (atMost: number): Target | null => (quick ? null : { atMost });
      const opening = (id: string, words: string, of: (opening: Opening) => number, atMost: number): Row => {
        const summary = summarize(openings.map(of), 'least');
        return {
          id,
          what: `${words}, ${what}`,
          measured: { value: summary.median, unit: 'ms' },
          against: null,
          ratio: null,
          target: target(atMost),
          note: null,
          samples: { [words]: summary },
        };
      };
      return [
        {
          id: 'rebuild',
          what: `rebuild, ${what}`,
          measured: { value: rebuildS, unit: 's' },
          against: null,
          ratio: null,
          target: target(60),
          note: `the first fold of a log without read models took ${firstS.toFixed(1)} s, making the log ${generatedS.toFixed(1)} s; ${megabytes} MB in the end`,
          samples: { rebuild: summarize([rebuildS], 'least') },
        },
        opening('open', 'open for writing', ({ openMs }) => openMs, 200),
        opening('open.page', 'the first runs page', ({ pageMs }) => pageMs, 50),
      ];
    } finally {
      folder.remove();
    }
  },
};

async function seconds<Result>(run: () => Promise<Result>): Promise<[number, Result]> {
  const start = performance.now();
  const result = await run();
  return [(performance.now() - start) / 1000, result];
}

/** A new process each time; the first one fills the caches and does not count. */
async function openOften(folder: string, times: number): Promise<Opening[]> {
  const openings: Opening[] = [];
  for (let round = 0; round <= times; round++) {
    const program = new URL('../ledger/openingProgram.ts', import.meta.url).pathname;
    const child = new Child({ command: process.execPath, args: [program, folder], environment: { NODE_COMPILE_CACHE: compileCache } });
    try {
      openings.push(await child.ask<Opening>({}));
    } finally {
      child.dispose();
    }
  }
  return openings.slice(1);
}
