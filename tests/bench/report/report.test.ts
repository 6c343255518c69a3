// The pure parts of the benchmark: what counts as met, how rows are printed and kept, which figures scripts are given.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { figures } from './figures.ts';
import { isMet, notMeasured, type Row } from './row.ts';
import { appendEntry, type Entry, fileName, slug } from './store.ts';
import { printTable, quantity } from './table.ts';

const summary = (median: number) => ({ median, best: median, samples: [median] });

const versus: Row = {
  id: 'train.pytorch',
  what: 'seed network, batch 64',
  measured: { value: 12345.6, unit: 'images/s' },
  against: { value: 6000, unit: 'images/s', name: 'PyTorch' },
  ratio: { value: 2.0576, unit: 'x' },
  target: { atLeast: 2 },
  note: null,
  samples: { 'Runledger, 2 threads': summary(12345.6) },
};

const memory: Row = {
  id: 'memory.arena',
  what: 'arena',
  measured: { value: 41, unit: 'MB' },
  against: null,
  ratio: null,
  target: { atMost: 40 },
  note: 'two threads',
  samples: {},
};

const missing = notMeasured('train.jax', 'against jax-js', { atLeast: 100 }, 'no jax-js');

test('a target is about the ratio where there is one, else about what was measured', () => {
  expect(isMet(versus)).toBe(true);
  expect(isMet({ ...versus, ratio: { value: 1.99, unit: 'x' } })).toBe(false);
  expect(isMet(memory)).toBe(false);
  expect(isMet({ ...memory, measured: { value: 40, unit: 'MB' } })).toBe(true);
});

test('without a number or a target nothing is met or missed', () => {
  expect(isMet(missing)).toBeNull();
  expect(isMet({ ...versus, target: null })).toBeNull();
});

test('a row that was not measured never shows a number', () => {
  const [, line] = printTable([missing]) as [string, string];
  expect(line).toMatch(/not measured/);
  expect(line.replace('≥ 100', '')).not.toMatch(/\d/);
});

test('the table lines up, with units, targets and notes', () => {
  expect(printTable([versus, memory])).toEqual([
    'what                           measured  against                  ratio   target  met',
    'seed network, batch 64  12,346 images/s  6,000 images/s  PyTorch  2.06x      ≥ 2  yes',
    'arena                             41 MB                                  ≤ 40 MB  NO',
    '',
    'arena: two threads',
  ]);
});

test('quantities carry their unit', () => {
  expect(quantity({ value: 0.4567, unit: '%' })).toBe('0.46 %');
  expect(quantity({ value: 74.25, unit: '%' })).toBe('74.3 %');
  expect(quantity({ value: 251.34, unit: 'GFLOP/s' })).toBe('251.3 GFLOP/s');
});

const entry = (measuredAt: string): Omit<Entry, 'rows'> => ({
  measuredAt,
  host: {
    cpu: 'AMD EPYC(TM) 7763 64-Core Processor',
    cores: 2,
    memoryBytes: 25_333_456_789,
    system: 'linux',
    versions: { runledger: '0.1.0', node: '26.10.0', v8: '14' },
    commit: 'abc',
  },
  peers: {},
  pace: { rounds: 1, seconds: 1 },
});

test('a file a day and machine', () => {
  expect(slug('Apple M3 Pro')).toBe('apple-m3-pro');
  expect(fileName(entry('2026-11-25T05:00:00.000Z'))).toBe('2026-11-25-amd-epyc-7763-64-core-processor.json');
});

test('runs of one day are appended, and read back as they were but for digits that mean nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-'));
  try {
    const first = appendEntry(folder, { ...entry('2026-11-25T05:00:00.000Z'), rows: [versus] });
    const second = appendEntry(folder, { ...entry('2026-11-25T06:00:00.000Z'), rows: [memory, missing] });
    expect(basename(second)).toBe(basename(first));
    const kept = JSON.parse(readFileSync(second, 'utf8')) as Entry[];
    expect(kept.map(({ measuredAt }) => measuredAt.slice(11, 13))).toEqual(['05', '06']);
    expect(kept[0]!.rows[0]).toMatchObject({ met: true, measured: { value: 12345.6 } });
    expect(kept[1]!.rows.map(({ met }) => met)).toEqual([false, null]);
    expect(kept[0]!.host.memoryBytes).toBe(25_333_456_789);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('scripts get null for what was not measured', () => {
  expect(figures([])).toEqual({
    imagesPerSecond: null,
    trainStepShareOfPeak: null,
    probeGflops: null,
    twoThreadsVsOne: null,
    probeTwoVsOne: null,
    recordingOverhead: null,
    trainStepVsPyTorch: null,
  });
});

test('scripts get shares as fractions', () => {
  const share: Row = {
    ...versus,
    id: 'train.shareOfPeak',
    against: { value: 250, unit: 'GFLOP/s', name: 'probe' },
    ratio: { value: 74, unit: '%' },
  };
  const recording: Row = { ...memory, id: 'recording.cpu', measured: { value: 0.8, unit: '%' } };
  const found = figures([versus, share, recording]);
  expect(found).toMatchObject({ imagesPerSecond: 12345.6, probeGflops: 250, trainStepVsPyTorch: 2.0576 });
  expect(found.trainStepShareOfPeak).toBeCloseTo(0.74);
  expect(found.recordingOverhead).toBeCloseTo(0.008);
});
