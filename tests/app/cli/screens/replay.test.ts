// The verdict of a replay, as the terminal tells it.
import { expect, test } from 'vitest';
import { replayReport } from '../../../../app/cli/screens/replay.ts';
import { createScreen } from '../../../../app/cli/terminal/screen.ts';
import type { Verdict } from '../../../../app/runs/replay.ts';
import { fakeTerminal } from '../fakeHost.ts';

const screen = createScreen(fakeTerminal(), { color: 'never', environment: { LANG: 'C.UTF-8' }, platform: 'linux' });
const now = { threads: 2, seconds: 219 };
const verdict: Verdict = {
  runId: '1285ab00-0000-4000-8000-000000000000',
  verdict: 'identical',
  fromEpoch: 0,
  untilEpoch: 30,
  facts: 185,
  weights: 30,
  total: 185,
  difference: null,
  fingerprint: '4be190c752da1f08'.repeat(4),
  recordedOn: { cpu: 'Zen 5', threads: 4, runledger: '0.9.2' },
};

test('identical: how much was compared, where it was recorded, the fingerprint', () => {
  const [first, second, third] = replayReport(verdict, now, screen);
  expect(first).toBe('✓ identical  185 of 185 facts, 30 weight hashes, epochs 1 to 30 · 3 m 39 s');
  expect(second).toMatch(/^ {2}recorded {2}Zen 5, 4 threads, runledger 0\.9\.2 {3}now {2}2 threads, /);
  expect(third).toBe('  fingerprint  4be1 90c7 52da 1f08');
  expect(replayReport({ ...verdict, fromEpoch: 29, weights: 1 }, now, screen)[0]).toContain('1 weight hash, epoch 30');
});

test('differing: the step, the layer, both values with their bytes, and how far apart they are', () => {
  const [recorded, replayed] = [Math.fround(0.5629171133041382), Math.fround(0.5629170536994934)];
  const difference = {
    epoch: 12,
    step: 4224,
    fact: 'BatchNormMeasured',
    layer: 'batchNorm2d.2',
    value: 'runningVariance[9]',
    recorded,
    replayed,
  };
  const lines = replayReport(
    { ...verdict, verdict: 'differs', facts: 77, weights: 11, difference: { ...difference, note: null } },
    now,
    screen,
  );
  expect(lines.slice(0, 5)).toEqual([
    '✗ differs at epoch 12  step 4,224, layer batchNorm2d.2',
    '  what      runningVariance[9]',
    '  recorded  0.562917113 3f 10 1b 56',
    '  replayed  0.562917054 3f 10 1b 55     1 unit in the last place',
    '  before    77 facts and 11 weight hashes are identical',
  ]);
  expect(lines.at(-1)).toContain('runledger replay run/1285ab00');
});

test('a fact that never came, and a hash, have no bytes and no distance', () => {
  const hash = { epoch: 3, step: 15, fact: 'EpochMeasured', layer: null, value: 'weightsSha256', recorded: 'ab', replayed: null };
  const lines = replayReport({ ...verdict, difference: { ...hash, note: 'why' } }, now, screen);
  expect(lines.slice(0, 4)).toEqual([
    '✗ differs at epoch 3  step 15, EpochMeasured',
    '  what      weightsSha256',
    '  recorded  ab',
    '  replayed  nothing',
  ]);
  expect(lines).toContain('  note      why');
});
