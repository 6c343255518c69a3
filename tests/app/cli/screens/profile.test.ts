// The table of `train --profile`: means over steps, waits over threads, and what lies between steps.
import { expect, test } from 'vitest';
import { phaseMeans, profileReport } from '../../../../app/cli/screens/profile.ts';
import { colourless } from '../../../../app/cli/terminal/paint.ts';
import type { ProfiledPass } from '../../../../app/runs/profile.ts';

const screen = { paint: colourless, width: 80 };

/** Forward takes `forward` ms on thread 0 and half of it on thread 1, backward 2 ms on both. */
const step = (number: number, start: number, forward: number): ProfiledPass => ({
  pass: 'training',
  step: number,
  phases: ['forward', 'backward'],
  threads: 2,
  times: Float64Array.of(
    ...[start, start + forward, start + forward, start + forward + 2],
    ...[start, start + forward / 2, start + forward, start + forward + 2],
  ),
});

test('means over steps; the wait is the mean of all threads', () => {
  expect(phaseMeans([step(1, 0, 4), step(2, 10, 8)])).toEqual([
    { phase: 'forward', elapsed: 6, wait: 1.5 },
    { phase: 'backward', elapsed: 2, wait: 0 },
  ]);
});

test('the report: steps, phases with their shares, and the time from step to step', () => {
  const evaluation: ProfiledPass = { ...step(2, 20, 4), pass: 'runningStatistics' };
  const lines = profileReport([step(1, 0, 4), step(2, 10, 8), evaluation], '/home/reader/profile.json', screen);
  expect(lines.join('\n')).toBe(`
steps 1 to 2, mean of 2, 2 threads
phase        ms   wait  % of phases
forward   6.000  1.500         75.0
backward  2.000  0.000         25.0
8.000 ms in phases, 10.000 ms from step to step, 1 pass of evaluation among them
trace  /home/reader/profile.json, for chrome://tracing or ui.perfetto.dev`);
});

test('a run that took no step says so', () => {
  expect(profileReport([], 'profile.json', screen)[1]).toBe('the run took no step to profile');
});
