// A process that records a real run while the room on its disk ends at a random moment, and comes again. It checks itself, because nobody else
// sees its file system; what does not hold it says and ends with 1. Arguments: way, seed, folder.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Ledger } from '../../../app/ledger/index.ts';
import type { RecordingHost } from '../../../app/runs/events.ts';
import type { RunOutcome } from '../../../app/runs/record.ts';
import { RunledgerError } from '../../../trainer/errors.ts';
import { chance } from '../chance.ts';
import { hold } from '../kind.ts';
import { roomOf, type Way } from './room.ts';

// Five seconds between two tries are for people.
const { setTimeout: wait } = timers;
timers.setTimeout = ((delay?: number, ...rest: [unknown?, object?]) => wait(Math.min(delay ?? 0, 5), ...rest)) as typeof wait;
syncBuiltinESMExports();

const { openLedger } = await import('../../../app/ledger/index.ts');
const { verifyLedger } = await import('../../../app/ledger/verify/index.ts');
const { createRecordingHost } = await import('../../../app/runs/host.ts');
const { recordRun } = await import('../../../app/runs/record.ts');
const { recordResumed, takeRun } = await import('../../../app/runs/resume.ts');
const { recordAbandoned } = await import('../../../app/sweeps/abandoned.ts');
const { tinyDataSet } = await import('../../app/runs/tiny.ts');
const { request, unbrokenFingerprint } = await import('../kills/unbroken.ts');

const [way, seed, folder] = process.argv.slice(2) as [Way, string, string];
const dice = chance(Number(seed));
const room = roomOf(way, folder);
const never = new AbortController().signal;
const dataset = tinyDataSet();
const acknowledged: string[] = [];
const plan = { after: dice.below(60), bytes: dice.below(60_000), tries: 1 + dice.below(3) };

function listening(ledger: Ledger): RecordingHost {
  const log: Ledger['log'] = {
    ...ledger.log,
    async append(...append) {
      const result = await ledger.log.append(...append);
      if (result.kind === 'appended') acknowledged.push(...result.events.map(({ id }) => id));
      return result;
    },
  };
  return createRecordingHost({ ...ledger, log }, Date.now);
}

let ledger = await openLedger(folder, { write: true });
let host = listening(ledger);
let facts = 0;
let tries = 0;
let runId = '';
let outcome: RunOutcome | null = null;
try {
  outcome = await recordRun(host, request(1), dataset, {
    threads: 1,
    signal: never,
    onFact: () => {
      if (facts++ === plan.after) room.leave(plan.bytes);
    },
    onHeldUp: (full) => {
      hold(full.code === 'ledger.full' && full.help !== undefined, `a full disk is told as ${full.code}`);
      tries += 1;
      if (tries >= plan.tries) room.giveBack();
    },
  });
} catch (error) {
  // A limit of the process is nothing to wait for: the run stops with words.
  hold(
    error instanceof RunledgerError && way === 'fileSize' && error.code === 'ledger.limit',
    `stopped by ${error instanceof Error ? error.stack : error}`,
  );
}
room.giveBack();
if (outcome === null) {
  await host.workers.close();
  await ledger.close();
  ledger = await openLedger(folder, { write: true });
  host = listening(ledger);
  await recordAbandoned(host);
  runId = ledger.database.prepare<[], string>('SELECT run_id FROM v1_runs').pluck().get() ?? '';
  outcome = await recordResumed(host, await takeRun(host, runId), dataset, { threads: 1, signal: never });
}
const { events } = await ledger.log.readAll({ limit: Number.MAX_SAFE_INTEGER });
const found = new Set(events.map(({ id }) => id));
const lost = acknowledged.filter((id) => !found.has(id)).length;
hold(lost === 0, `${lost} acknowledged events are lost`);
const { ending } = outcome;
hold(ending.type === 'RunCompleted', () => `the run ended with ${JSON.stringify(ending)}`);
hold(ending.data.fingerprint === (await unbrokenFingerprint(request(1).recipe)), 'it ends in another fingerprint');
await host.workers.close();
await ledger.close();
const { ok, faults } = await verifyLedger(folder);
hold(ok, `verify: ${faults}`);
// What of it happened, for whoever looks at a case by hand.
console.log(JSON.stringify({ ...plan, way, tries, resumed: runId !== '' }));
