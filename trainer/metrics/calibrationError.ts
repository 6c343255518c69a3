// Whether the network is as sure as it is right: expected calibration error over bins of equal width.
// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017, section 2.
import type { Metric, MetricValues } from './metric.ts';
import { confidence } from './softmax.ts';

const BINS = 15;

interface Settings {
  bins: number;
}

interface Bin {
  count: number;
  right: number;
  confidence: number;
}

/** Bin m of M holds confidences in ((m − 1)/M, m/M], counted from 0. */
export const binOf = (confident: number, bins: number): number => Math.min(bins - 1, Math.max(0, Math.ceil(confident * bins) - 1));

/**
 * Σ count/N · |accuracy − confidence|. `confidences` and `right` are by sample; a confidence that is not a number makes the error that, and
 * stands in no bin.
 */
export function calibration(confidences: readonly number[], right: readonly boolean[], bins: number): { error: number; bins: Bin[] } {
  const counted = Array.from({ length: bins }, (): Bin => ({ count: 0, right: 0, confidence: 0 }));
  let lost = 0;
  for (const [i, confident] of confidences.entries()) {
    if (Number.isNaN(confident)) {
      lost++;
      continue;
    }
    const bin = counted[binOf(confident, bins)]!;
    bin.count++;
    bin.confidence += confident;
    if (right[i]) bin.right++;
  }
  let error = lost > 0 ? Number.NaN : 0;
  for (const { count, right: hits, confidence: sum } of counted) {
    if (count > 0) error += (count / confidences.length) * Math.abs(hits / count - sum / count);
  }
  return { error, bins: counted };
}

export const calibrationError: Metric<Settings> = {
  description: 'expected calibration error, and its 15 bins of confidence',
  augmented: false,
  settings: () => ({ bins: BINS }),
  async measure({ classes, outputs }, { bins }) {
    const { logits, predictions, labels } = await outputs([]);
    const confidences = Array.from(labels, (_, i) => confidence(logits.subarray(i * classes.length, (i + 1) * classes.length)));
    const right = Array.from(labels, (label, i) => predictions[i] === label);
    const found = calibration(confidences, right, bins);
    const values: MetricValues = { error: found.error };
    const digits = String(bins).length;
    for (const [i, bin] of found.bins.entries()) {
      const name = `bin.${String(i + 1).padStart(digits, '0')}`;
      values[`${name}/count`] = bin.count;
      if (bin.count === 0) continue;
      values[`${name}/accuracy`] = bin.right / bin.count;
      values[`${name}/confidence`] = bin.confidence / bin.count;
    }
    return values;
  },
};
