// What `measure` prints: no line wraps, numbers in their units, courses over epochs, and a bar that only goes forward.
import { expect, test } from 'vitest';
import { type Measuring, measuredReport, measuringLine, rawMeasurements } from '../../../../app/cli/screens/measured.ts';
import { colourless } from '../../../../app/cli/terminal/paint.ts';
import { textWidth } from '../../../../app/cli/terminal/width.ts';
import type { Measurement } from '../../../../app/runs/measurements.ts';

const screen = (width = 80) => ({ paint: colourless, width });

const at = (epoch: number, values: Record<string, number>, of: Partial<Measurement> = {}): Measurement => ({
  metric: 'activationStatistics',
  part: 'validation',
  settings: { samples: 512 },
  epoch,
  values: new Map(Object.entries(values)),
  ...of,
});

const deep = 'residual.12/residual.34/a layer of my own with a very long name that goes on/conv2d.1';
const statistics = { mean: -1234.5, std: 2.5e10, min: Number.NEGATIVE_INFINITY, max: Number.NaN, zeros: 0.123, dead: 1 };
const named = (layer: string, scale: number) =>
  Object.fromEntries(Object.entries(statistics).map(([what, value]) => [`${layer}/${what}`, value * scale]));

test.each([80, 120])('nothing wraps at %i columns', (width) => {
  const one = measuredReport([at(3, { ...named(deep, 1), ...named('relu.1', 2) })], screen(width));
  const many = measuredReport(
    Array.from({ length: 100 }, (_, i) => at(i + 1, { ...named(deep, i), ...named('relu.1', 1) })),
    screen(width),
  );
  for (const line of [...one.slice(1), ...many.slice(1)]) expect(textWidth(line)).toBeLessThanOrEqual(width);
  expect(one.join('\n')).toMatch(/relu\.1 +−2,469\.000 +5\.000e10 +−inf +NaN +24\.6 +200\.0/);
});

test('things stand apart, one epoch in full and several as courses', () => {
  const bins = { error: 0.05, 'bin.1/count': 3, 'bin.1/accuracy': 1 / 3, 'bin.1/confidence': 0.5, 'bin.2/count': 0 };
  const classes = (epoch: number, cat: number) => at(epoch, { cat, dog: 0.5 }, { metric: 'perClassAccuracy', settings: {} });
  const lines = measuredReport(
    [at(2, bins, { metric: 'calibrationError', settings: { bins: 2 }, part: 'test' }), classes(1, 0.25), classes(2, 1)],
    screen(),
  );
  expect(lines).toEqual([
    'calibrationError  test · epoch 2 · 2 bins',
    'error     5.0 %',
    '       count  accuracy %  confidence %',
    'bin.1      3        33.3          50.0',
    'bin.2      0',
    '',
    'perClassAccuracy  validation · 2 epochs',
    '     epoch 1  epoch 2  course',
    'cat   25.0 %  100.0 %  ▁█',
    'dog   50.0 %   50.0 %  ▅▅',
  ]);
});

test('raw numbers have all digits', () => {
  const { columns, rows } = rawMeasurements('id', [at(2, { 'relu.1/mean': 1 / 3 })]);
  expect(columns).toEqual(['run_id', 'metric', 'part', 'settings', 'epoch', 'name', 'value']);
  expect(rows).toEqual([['id', 'activationStatistics', 'validation', '{"samples":512}', 2, 'relu.1/mean', 1 / 3]]);
});

test('the bar says what is under way', () => {
  const state: Measuring = { done: 1, epochs: 3, epoch: 2, metric: null, share: 0.5, training: null };
  const line = (changes: Partial<Measuring>) => measuringLine({ ...state, ...changes }, screen());
  expect(line({})).toBe(`${'━'.repeat(15)}${'─'.repeat(15)}  1/3 epochs  getting ready`);
  const training = { epoch: 2, epochs: 9, step: 1500, stepsPerEpoch: 1000, loss: 0, accuracy: 0, learningRate: 0, samplesPerSecond: 0 };
  expect(line({ training })).toContain('1/3 epochs  training again, epoch 2  step 500/1,000');
  expect(line({ training, metric: 'loss', epochs: 1, done: 0 })).toBe(`${'━'.repeat(15)}${'─'.repeat(15)}  loss at epoch 2`);
});
