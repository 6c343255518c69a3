// The leader's side of a team: starts helpers over the shared memory, hands out jobs, takes part in them, and passes on what went wrong.
// A team of one needs none of this and just runs its phases.
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { RunledgerError } from '../errors.ts';
import type { Phase, Step } from '../kernels/work.ts';
import { PLACES, STOP, takenPlace } from './board.ts';
import { backwards, Member } from './member.ts';
import type { PhaseTimes } from './phaseTimes.ts';
import { announce, sleep } from './waiting.ts';

/** How long helpers may take to start. */
const START_MS = 30_000;

export interface Team {
  /** Runs program number `program`, whose phases are `phases`, and returns when all of it is done. Throws what a chunk threw. */
  run(program: number, phases: readonly Phase[], step: Step): void;
  /** Ends the helpers. */
  dispose(): void;
}

/** The leader alone. */
export function soloTeam(times: PhaseTimes | null = null): Team {
  return {
    run(_program, phases, step) {
      for (let index = 0; index < phases.length; index++) {
        times?.mark(index, 'began');
        const { preludes, tasks } = phases[index]!;
        for (const prelude of preludes) prelude.run(step);
        for (const task of tasks) {
          const chunks = task.chunks(step);
          for (let i = 0; i < chunks; i++) task.run(backwards(index) ? chunks - 1 - i : i, step);
        }
        times?.mark(index, 'worked');
      }
    },
    dispose() {},
  };
}

/** What a helper's thread is started with. */
export interface Recruit {
  thread: number;
  port: MessagePort;
}

/** An error on its way between threads. */
export interface HelperError {
  code: string;
  message: string;
  help?: string | undefined;
  place?: string | undefined;
}

/** Helpers that are starting, beside whatever the leader does meanwhile. */
export interface Recruits<T> {
  /** Gives all of them `data`; `words` is the board, all zeros. What it returns waits until they are ready. */
  begin(words: Int32Array, data: T, times: PhaseTimes | null): () => Team;
}

interface Helper {
  worker: Worker;
  port: MessagePort;
}

function startHelpers(threads: number, entry: URL): Helper[] {
  return Array.from({ length: threads - 1 }, (_, i) => {
    const { port1, port2 } = new MessageChannel();
    const workerData: Recruit = { thread: i + 1, port: port2 };
    const worker = new Worker(entry, { workerData, transferList: [port2] });
    // A helper never keeps the process alive, nor does its port.
    worker.unref();
    port1.unref();
    return { worker, port: port1 };
  });
}

/** Helpers that were started before anybody asked for them, by entry. */
const expected = new Map<string, Helper[]>();

/** Starts the helpers of the team of `threads` that will be asked for next. */
export function expectTeam(threads: number, entry: URL): void {
  if (!expected.has(entry.href)) expected.set(entry.href, startHelpers(threads, entry));
}

/** Starts `threads − 1` helpers that run `entry`, or takes those that were expected. */
export function recruitHelpers<T>(threads: number, entry: URL): Recruits<T> {
  const waiting = expected.get(entry.href) ?? [];
  expected.delete(entry.href);
  const fits = waiting.length === threads - 1;
  if (!fits) for (const { worker } of waiting) void worker.terminate();
  const helpers = fits ? waiting : startHelpers(threads, entry);
  return {
    begin(words, data, times) {
      for (const { port } of helpers) port.postMessage(data);
      return () => leadTeam(threads, words, helpers, times);
    },
  };
}

/** A leader with `threads − 1` helpers that run `entry` with `data`. Returns when all are ready. */
export function startTeam<T>(threads: number, words: Int32Array, entry: URL, data: T): Team {
  return recruitHelpers<T>(threads, entry).begin(words, data, null)();
}

function leadTeam(threads: number, words: Int32Array, helpers: readonly Helper[], times: PhaseTimes | null): Team {
  const member = new Member(words, threads, 0, times);

  /** What a helper reported; takes all reports, so that none is left for a later step. */
  function helperError(): RunledgerError {
    const reports = helpers.flatMap(({ port }) => {
      const received = receiveMessageOnPort(port) as { message: HelperError } | undefined;
      return received ? [received.message] : [];
    });
    const { code, message, help, place } = reports[0] ?? { code: 'engine.threads', message: 'a helper thread failed without saying why' };
    return new RunledgerError(code, message, { help, place });
  }

  const end = performance.now() + START_MS;
  for (let ready = 0; ready < threads - 1; ready = Atomics.load(words, PLACES.ready)) {
    sleep(words, PLACES.ready, ready, 100);
    if (Atomics.load(words, PLACES.failed) !== 0) throw helperError();
    if (performance.now() > end) {
      throw new RunledgerError('engine.threads', `${threads - 1} helper threads did not start within 30 s`, { help: 'use --threads 1' });
    }
  }

  return {
    run(program, phases, { batch, epoch, part, augmented, samples }) {
      words[PLACES.program] = program;
      words[PLACES.batch] = batch;
      words[PLACES.epoch] = epoch;
      words[PLACES.part] = part === 'train' ? 0 : 1;
      words[PLACES.augmented] = augmented ? 1 : 0;
      words.fill(0, PLACES.taken, takenPlace(phases.length, threads, 0));
      announce(words, PLACES.job);
      let thrown: unknown = null;
      member.run(phases, { batch, epoch, part, augmented, samples }, (error) => {
        thrown = error;
      });
      if (Atomics.exchange(words, PLACES.failed, 0) === 0) return;
      const reported = helperError();
      throw thrown ?? reported;
    },
    dispose() {
      words[PLACES.program] = STOP;
      announce(words, PLACES.job);
      for (const { port } of helpers) port.close();
    },
  };
}
