// Which passes a profile keeps, and that its trace has every phase once a thread, in order, with waits that end together.
import { expect, test } from 'vitest';
import { createProfiler, type ProfiledPass } from '../../../app/runs/profile.ts';
import { traceOf } from '../../../app/runs/trace.ts';
import type { PassProfile } from '../../../trainer/index.ts';

/** Two phases on two threads, beginning at `start`: thread 1 works twice as long as thread 0. */
const pass = (start: number, kind: PassProfile['pass'] = 'training'): PassProfile => ({
  pass: kind,
  phases: ['forward', 'backward'],
  threads: 2,
  times: Float64Array.of(start, start + 1, start + 2, start + 3, start, start + 2, start + 2, start + 4),
});

function profiled(window: { first: number; last: number }, steps: number): readonly ProfiledPass[] {
  const profiler = createProfiler(window);
  for (let step = 1; step <= steps; step++) {
    profiler.take(pass(step * 10));
    if (step % 3 === 0) profiler.take(pass(step * 10 + 5, 'runningStatistics'));
  }
  return profiler.passes();
}

test('steps of the window and what is evaluated between them', () => {
  const kept = profiled({ first: 5, last: 7 }, 20);
  expect(kept.map(({ step, pass: kind }) => `${step} ${kind}`)).toEqual(['5 training', '6 training', '6 runningStatistics', '7 training']);
});

test('a run that ends before the window is kept whole', () => {
  expect(profiled({ first: 50, last: 150 }, 2).map(({ step }) => step)).toEqual([1, 2]);
  expect(profiled({ first: 50, last: 150 }, 0)).toEqual([]);
});

test('a trace: times from 0 in microseconds, a row a thread, waits until the last is done', () => {
  const { traceEvents } = traceOf(profiled({ first: 2, last: 3 }, 3), { run: 'a run' });
  const slices = traceEvents.filter((event) => event.ph === 'X');
  const of = (tid: number, cat: string) => slices.filter((slice) => slice.tid === tid && slice.cat === cat).map(({ ts, dur }) => [ts, dur]);
  expect(of(0, 'phase').slice(0, 2)).toEqual([
    [0, 1000],
    [2000, 1000],
  ]);
  expect(of(1, 'phase').slice(0, 2)).toEqual([
    [0, 2000],
    [2000, 2000],
  ]);
  expect(of(0, 'wait').slice(0, 2)).toEqual([
    [1000, 1000],
    [3000, 1000],
  ]);
  expect(of(1, 'wait').every(([, dur]) => dur === 0)).toBe(true);
  expect(slices.filter(({ cat }) => cat === 'pass').map(({ name }) => name)).toEqual(['step 2', 'step 3', 'evaluation, runningStatistics']);
  expect(of(0, 'loop')).toEqual([
    [4000, 6000],
    [14000, 1000],
  ]);
  expect(traceEvents.filter(({ name }) => name === 'thread_name')).toHaveLength(2);
});

test('no pass, no slice', () => {
  expect(traceOf([], {}).traceEvents.filter(({ ph }) => ph === 'X')).toEqual([]);
});
