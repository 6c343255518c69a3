// Softmax and cross-entropy of labels in one, as torch.nn.CrossEntropyLoss with the mean over the batch.
import { sixteenLanes } from '../../numbers/folds.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

export interface Losses {
  /** (N) */
  losses: Values;
  /** Place of the largest logit, the first one, (N); of the first NaN where there is one. */
  predictions: Uint32Array;
  /** Gradient of the mean loss, (N, K). */
  dlogits: Values;
}

/** Place of the largest of K logits from `start`: the first one, and the first NaN before all. */
export function largest(logits: Values, start: number, K: number): number {
  let place = 0;
  for (let k = 1; k < K; k++) {
    const best = logits[start + place]!;
    const value = logits[start + k]!;
    if (!Number.isNaN(best) && (value > best || Number.isNaN(value))) place = k;
  }
  return place;
}

/** Loss, prediction and gradient of each sample; logits (N, K), labels (N). */
export function crossEntropy({ round, exp, log, allocate }: Numbers, K: number, logits: Values, labels: Uint8Array): Losses {
  const batch = labels.length;
  const losses = allocate(batch);
  const predictions = new Uint32Array(batch);
  const dlogits = allocate(batch * K);
  const inverse = round(1 / batch);
  for (let n = 0; n < batch; n++) {
    const start = n * K;
    const label = labels[n]!;
    predictions[n] = largest(logits, start, K);
    const shift = logits[start + predictions[n]!]!;
    const exponentials = allocate(K).map((_, k) => exp(round(logits[start + k]! - shift)));
    const sum = sixteenLanes(K, (lane, k) => round(lane + exponentials[k]!), round);
    losses[n] = log(sum) - round(logits[start + label]! - shift);
    for (let k = 0; k < K; k++) dlogits[start + k] = round(exponentials[k]! / sum) * inverse;
    dlogits[start + label] = dlogits[start + label]! - inverse;
  }
  return { losses, predictions, dlogits };
}
