// Every loss with every option against PyTorch: the loss of a batch, and the gradient of the logits.
import { describe, expect, test } from 'vitest';
import { targetLosses } from '../../trainer/kernels/reference/targetLosses.ts';
import { lossName, readLoss } from '../../trainer/losses/index.ts';
import { lossFactors, oneHot, targetRow } from '../../trainer/losses/targets.ts';
import { mean } from '../trainer/reference/finiteDifferences.ts';
import { allNumbers, canonical, expectValues, input, load, type Tensor } from './fixtures.ts';

/** As grid/losses.py writes it. */
interface LossCase {
  title: string;
  loss: unknown;
  logits: Tensor;
  labels: number[];
  targets: Tensor | null;
  value: number;
  dlogits: Tensor;
  /** Of the terms' magnitudes. */
  sums: { value: number; dlogits: Tensor };
}

describe.each(allNumbers)('$name', (numbers) => {
  test.each(load<LossCase[]>('grid/losses'))('$title', ({ loss: written, logits, labels, targets: given, value, dlogits, sums }) => {
    const loss = readLoss(written, 'loss');
    const [batch, classes] = logits.shape as [number, number];
    const targets = numbers.allocate(batch * classes);
    const q = given && canonical(numbers, given);
    for (const [n, label] of labels.entries()) {
      targets.set(targetRow(loss, q?.subarray(n * classes, (n + 1) * classes) ?? oneHot(classes, label)), n * classes);
    }
    const z = input(numbers, logits);
    const factors = lossFactors(loss, classes, batch, given ? null : labels);
    const { losses, predictions, dlogits: got } = targetLosses(numbers, lossName(loss), classes, z, targets, factors);

    expectValues(numbers, [mean(losses)], [value], batch * classes, sums.value);
    expectValues(numbers, got, dlogits.values, classes, Float64Array.from(sums.dlogits.values));
    for (const [n, prediction] of predictions.entries()) {
      const row = z.subarray(n * classes, (n + 1) * classes);
      expect(row[prediction]).toBe(Math.max(...row));
    }
  });
});
