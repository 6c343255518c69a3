// The end of a run: no line wraps, however long the name and however many rates.
import { expect, test } from 'vitest';
import { runReport } from '../../../../app/cli/screens/run-report.ts';
import { colourless } from '../../../../app/cli/terminal/paint.ts';
import { textWidth } from '../../../../app/cli/terminal/width.ts';
import type { RunReport } from '../../../../app/runs/report.ts';

const report: RunReport = {
  runId: '128590c7-0000-4000-8000-000000000000',
  name: 'seed-cnn',
  status: 'completed',
  seed: 1,
  dataset: 'cifar10',
  seconds: 219,
  endedAt: '2026-03-14T12:00:00.000Z',
  epochs: 30,
  epochsDone: 30,
  validationAccuracy: { last: 0.786, best: 0.789, epoch: 27 },
  validationLoss: { last: 0.631, best: 0.629, epoch: 28 },
  trainAccuracy: 0.831,
  testAccuracy: { last: null, best: null },
  runningMinusBatch: 0.006,
  learningRates: [
    { epoch: 1, rate: 0.05, schedule: 'stepLR' },
    { epoch: 13, rate: 0.025, schedule: 'stepLR' },
  ],
  lastRate: 0.025,
  ended: null,
  attempt: null,
  parent: null,
  replayed: null,
  fingerprint: '4be190c752da1f08'.padEnd(64, '0'),
  checkpoints: [{ epoch: 30, reason: 'last' }],
  archived: false,
  tags: [],
  notes: [],
  removals: [],
  error: null,
  recipe: {},
};
const lines = (changes: Partial<RunReport>, width = 80) => runReport({ ...report, ...changes }, null, { paint: colourless, width });
const lineOf = (label: string, changes: Partial<RunReport>, width = 80) => lines(changes, width).find((line) => line.startsWith(label));

test('a few rates stand in full, many as the first and the last', () => {
  expect(lineOf('learning rate', {})).toBe('learning rate  0.05 → 0.025 (13, stepLR)');
  const learningRates = Array.from({ length: 30 }, (_, index) => ({ epoch: index + 1, rate: 0.1 / 2 ** index, schedule: 'stepLR' }));
  const lastRate = learningRates.at(-1)!.rate;
  expect(lineOf('learning rate', { learningRates, lastRate })).toBe('learning rate  0.1 → 0.05 (2, stepLR) → … 27 more → 1.86265e-10 (30)');
});

test('a run that ended before its last epoch says why', () => {
  expect(lineOf('ended early', {})).toBeUndefined();
  const ended = 'validation loss no better than 0.5 for 5 epochs';
  expect(lineOf('ended early', { ended })).toBe(`ended early    ${ended}`);
});

test('a rate that moves from step to step is told to its last value', () => {
  const learningRates = [
    { epoch: 1, rate: 0.01, schedule: 'cosineAnnealingLR' },
    { epoch: 3, rate: 0.1, schedule: 'cosineAnnealingLR' },
  ];
  expect(lineOf('learning rate', { learningRates, lastRate: 0.002 })).toBe('learning rate  0.01 → 0.1 (3, cosineAnnealingLR) → 0.002 (30)');
  // Stopped in its third epoch.
  expect(lineOf('learning rate', { learningRates, lastRate: 0.05, epochsDone: 2 })).toBe(
    'learning rate  0.01 → 0.1 (3, cosineAnnealingLR)',
  );
});

test.each([80, 120])('nothing wraps at %i columns', (width) => {
  const name = `a name that does not want to end ${'on and on '.repeat(20)}`;
  const printed = lines({ name, validationLoss: { last: 2.69e10, best: 4.3e16, epoch: 1 } }, width);
  expect(printed[0]).toMatch(/^a name.*…/);
  expect(printed[0]).toContain('run/128590c7  ✓ completed in 3 m 39 s');
  for (const line of printed) expect(textWidth(line)).toBeLessThanOrEqual(width);
  expect(printed.join('\n')).toContain('2.690e10    4.300e16');
});

test('a run that was taken up, forked and replayed says so in a line each, and its page is of the same event', () => {
  const changes = {
    attempt: { attempt: 3, step: 4690, checkpoint: 'ab'.repeat(32) },
    parent: { runId: report.runId, epoch: 4 },
    replayed: 'identical',
  };
  expect(lineOf('attempt', changes)).toBe('attempt        3, went on from step 4,690');
  expect(lineOf('fork of', changes)).toMatch(/^fork of {8}run\/1285\S* at the end of epoch 4$/);
  expect(lineOf('replay', changes)).toBe('replay         identical');
  expect(runReport(report, null, { paint: colourless, width: 80 }, { at: 1204 }).at(-1)).toMatch(/\?at=1204$/);
  for (const label of ['attempt', 'fork of', 'replay']) expect(lineOf(label, {})).toBeUndefined();
});
