// A helper's side of a team: it waits for what to work on, is ready, then does job after job until told to stop.
import { type MessagePort, workerData } from 'node:worker_threads';
import { RunledgerError } from '../errors.ts';
import type { Phase } from '../kernels/work.ts';
import { PLACES, STOP } from './board.ts';
import { Member } from './member.ts';
import type { PhaseTimes } from './phaseTimes.ts';
import type { HelperError, Recruit } from './team.ts';
import { announce, awaitChange } from './waiting.ts';

/** What a helper needs to join, once the leader has it ready. */
export interface HelperStart<T> extends Recruit {
  data: T;
}

export async function awaitStart<T>(): Promise<HelperStart<T>> {
  const { thread, port } = workerData as Recruit;
  const data = await new Promise<T>((resolve) => port.once('message', resolve));
  return { data, thread, port };
}

/** Serves until the team ends. `programs` are in the leader's order; `samples` is where the leader puts the indices of a step. */
export function serve(
  words: Int32Array,
  threads: number,
  thread: number,
  port: MessagePort,
  programs: readonly (readonly Phase[])[],
  samples: Uint32Array,
  times: PhaseTimes | null = null,
): void {
  const member = new Member(words, threads, thread, times);
  announce(words, PLACES.ready);
  for (let job = 0; ; job++) {
    awaitChange(words, PLACES.job, job);
    const program = words[PLACES.program]!;
    if (program === STOP) break;
    const batch = words[PLACES.batch]!;
    const step = {
      batch,
      epoch: words[PLACES.epoch]!,
      part: words[PLACES.part] === 0 ? 'train' : 'test',
      augmented: words[PLACES.augmented] === 1,
      samples: samples.subarray(0, batch),
    } as const;
    member.run(programs[program]!, step, (error) => report(port, error));
  }
  port.close();
}

/** Sends an error to the leader, who reads it when the step is over. */
export function report(port: MessagePort, error: unknown): void {
  const known = error instanceof RunledgerError ? error : new RunledgerError('engine.threads', String(error));
  const sent: HelperError = { code: known.code, message: known.message, help: known.help, place: known.place };
  port.postMessage(sent);
}
