// The probe really computes: its loops end where x = x·a + b ends, and more threads do not do less.
import { expect, test } from 'vitest';
import { createPeakProbe, measurePeak } from '../../../trainer/kernels/peak.ts';

test.each([1, 2])('%i threads give a rate', (threads) => {
  const probe = createPeakProbe(threads);
  expect(probe.threads).toBe(threads);
  expect(probe.sample()).toBeGreaterThan(0);
  probe.dispose();
});

test('the best of several samples, in both arithmetics', () => {
  for (const arithmetic of ['fused', 'strict'] as const) expect(measurePeak(1, 1, arithmetic)).toBeGreaterThan(0);
});
