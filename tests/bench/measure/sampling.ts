// Measuring several things so that their ratios hold: in turn, round after round, each round in another order, because machines are shared
// and their clocks move.
import { setImmediate } from 'node:timers/promises';
import { type Summary, summarize } from './statistics.ts';

/** What can be measured again and again. Takes about `seconds`; gives a rate. The first call warms up by itself. */
export interface Contender {
  name: string;
  measure(seconds: number): number | Promise<number>;
  /** Ends threads and processes. */
  dispose?(): void;
}

export interface Pace {
  rounds: number;
  /** A sample. */
  seconds: number;
}

/** Samples of each contender by its name, after one of each that does not count. */
export async function interleave(contenders: readonly Contender[], { rounds, seconds }: Pace): Promise<Map<string, Summary>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await contender.measure(seconds / 2);
  for (let round = 0; round < rounds; round++) {
    for (const index of contenders.keys()) {
      // Between samples signals are heard.
      await setImmediate();
      const contender = contenders[(index + round) % contenders.length]!;
      samples.get(contender.name)!.push(await contender.measure(seconds));
    }
  }
  return new Map([...samples].map(([name, values]) => [name, summarize(values)]));
}

/** Calls `run` until `seconds` have passed and gives calls a second. */
export function callsPerSecond(seconds: number, run: () => void): number {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    run();
    calls++;
    elapsed = performance.now() - start;
  } while (elapsed < seconds * 1000);
  return (calls * 1000) / elapsed;
}
