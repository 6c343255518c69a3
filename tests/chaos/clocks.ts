// A clock that is set back an hour, forward a day, and stands still. A run whose process lives and cannot be seen is judged by its beats alone,
// and is never declared dead, nor taken by somebody else; once its process is gone it is. What is recorded keeps its order and its durations.
import { openLedger } from '../../app/ledger/index.ts';
import { openConnection } from '../../app/ledger/sqlite/connection.ts';
import { type LeaseWriter, prepareLeases } from '../../app/ledger/sqlite/leases.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { createRecordingHost } from '../../app/runs/host.ts';
import { recordRun } from '../../app/runs/record.ts';
import { createRunWorkers } from '../../app/runs/workers.ts';
import { asEvents, record, syntheticFacts } from '../app/ledger/synthetic.ts';
import { tinyDataSet, tinyRecipe } from '../app/runs/tiny.ts';
import { eventSource, streamOf, uuidOf } from '../contracts/events.ts';
import { type Chance, chance } from './chance.ts';
import { inFolder } from './folder.ts';
import { hold, type Kind } from './kind.ts';
import { databaseOf } from './sample.ts';

const hour = 3_600_000;
const day = 24 * hour;

interface WildClock {
  now(): number;
  pass(milliseconds: number): void;
  /** Sets it, stops it, or lets it go again. */
  tamper(dice: Chance): void;
  release(): void;
}

function wildClock(): WildClock {
  let now = Date.UTC(2026, 2, 14);
  let frozen = false;
  return {
    now: () => now,
    pass(milliseconds) {
      if (!frozen) now += milliseconds;
    },
    tamper(dice) {
      const how = dice.below(4);
      if (how === 0) now -= hour;
      if (how === 1) now += day;
      if (how === 2) frozen = true;
      if (how === 3) frozen = false;
    },
    release() {
      frozen = false;
    },
  };
}

const run = uuidOf(1);

/** Beats of a process on another boot, or on a system that tells nothing of others. */
async function judgeByBeats(seed: number): Promise<void> {
  const dice = chance(seed);
  const clock = wildClock();
  await inFolder(async (folder) => {
    let beats: LeaseWriter | null = null;
    const second = () => {
      clock.pass(1_000);
      beats?.beat(clock.now());
    };
    // The observer waits as long as it takes for two beats.
    const wait = async (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 1_000) second();
    };
    const observer = await openLedger(folder, { write: true, clock: clock.now, wait });
    const holder = openConnection(databaseOf(folder), { write: true });
    try {
      await record(observer.log, streamOf('run', 1), 0, asEvents(syntheticFacts({ epochs: 2, train: 640, endsAfter: 1 }), eventSource()));
      beats = prepareLeases(holder, { processId: 1, bootId: 'elsewhere', processStart: '1' });
      beats.hold(run, clock.now());
      for (let turn = 0; turn < 12; turn++) {
        for (let seconds = dice.below(4); seconds > 0; seconds--) second();
        clock.tamper(dice);
        const found = await observer.sweepInterrupted();
        hold(found.length === 0, `a living run was declared dead in turn ${turn}`);
        clock.tamper(dice);
        hold(!(await observer.leases.gone(run)), 'a living run counts as gone');
      }
      beats = null;
      clock.release();
      clock.pass(2 * 61_000 + day);
      hold((await observer.sweepInterrupted()).join() === run, 'a run whose process is gone is not found');
    } finally {
      holder.close();
      await observer.close();
    }
  });
}

const workers = createRunWorkers();

/** A real run, whose clock is tampered with at every fact. */
async function recordUnderIt(seed: number): Promise<void> {
  const dice = chance(seed);
  const clock = wildClock();
  await inFolder(async (folder) => {
    const ledger = await openLedger(folder, { write: true });
    const began = performance.now();
    const outcome = await recordRun(
      createRecordingHost(ledger, clock.now, workers),
      { recipe: tinyRecipe(), name: null, tags: [], sweep: null },
      tinyDataSet(),
      {
        threads: 1,
        signal: new AbortController().signal,
        onFact: () => {
          clock.pass(dice.below(100));
          clock.tamper(dice);
        },
      },
    );
    const elapsed = (performance.now() - began) / 1000;
    hold(outcome.ending.type === 'RunCompleted', `it ended with ${outcome.ending.type}`);
    const events = await ledger.log.read(`run/${outcome.runId}`);
    hold(
      events.every(({ version, position }, index) => version === index + 1 && position > (events[index - 1]?.position ?? 0)),
      'events are out of order',
    );
    for (const { type, measured } of events) {
      const { seconds } = (measured ?? {}) as { seconds?: number };
      if (seconds !== undefined) hold(seconds >= 0 && seconds <= elapsed, `${type} took ${seconds} s of ${elapsed}`);
    }
    const { seconds, status } = ledger.database
      .prepare<[], { seconds: number; status: string }>('SELECT seconds, status FROM v1_runs')
      .get()!;
    hold(status === 'completed' && seconds >= 0 && seconds <= elapsed, `the run is ${status} after ${seconds} s of ${elapsed}`);
    await ledger.close();
    const { ok, faults } = await verifyLedger(folder);
    hold(ok, `verify: ${faults}`);
  });
}

export const clocks: Kind = {
  name: 'clocks',
  what: 'the clock set back an hour, forward a day, stopped',
  counts: { test: 10, chaos: 200 },
  run: (seed) => (seed % 5 === 0 ? recordUnderIt(seed) : judgeByBeats(seed)),
};
