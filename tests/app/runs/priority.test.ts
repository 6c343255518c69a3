// Training threads, helpers included, step back behind the pages; the thread that serves keeps its priority. Linux alone has one a thread.
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { recordRun } from '../../../app/runs/record.ts';
import { temporaryLedger, tinyDataSet, tinyRecipe } from './tiny.ts';

/** Niceness by thread id: field 19 of its stat, counted after the name. A thread that ends meanwhile is left out. */
function niceness(): Map<string, number> {
  const found = new Map<string, number>();
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
      found.set(thread, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
    } catch {}
  }
  return found;
}

test.skipIf(process.platform !== 'linux' || getPriority(0) >= 5)(
  'the two threads of a run are lowered, those of before are not',
  async () => {
    const { ledger, host, remove } = await temporaryLedger();
    const before = niceness();
    const stop = new AbortController();
    let during = before;
    await recordRun({ ...host, ledger }, { recipe: tinyRecipe({ epochs: 100_000 }), name: null, tags: [], sweep: null }, tinyDataSet(), {
      threads: 2,
      signal: stop.signal,
      onFact({ type }) {
        if (type !== 'EpochMeasured' || stop.signal.aborted) return;
        during = niceness();
        stop.abort();
      },
    });
    const lowered = [...during].filter(([thread, nice]) => !before.has(thread) && nice === 5);
    expect(lowered.length).toBeGreaterThanOrEqual(2);
    for (const [thread, nice] of before) if (during.has(thread)) expect(during.get(thread)).toBe(nice);
    await remove();
  },
);
