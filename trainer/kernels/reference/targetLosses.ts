// Losses of targets that are one number a class: crossEntropy with smoothed, weighted or given ones, mse, bceWithLogits. Plain crossEntropy of
// labels is in crossEntropy.ts.
import type { LossFactors } from '../../losses/targets.ts';
import { sixteenLanes } from '../../numbers/folds.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { type Losses, largest } from './crossEntropy.ts';

/** Sum over the classes of one sample's terms, and the derivative by each logit, both before the factors; logits and targets of a sample, (K). */
type Sample = (numbers: Numbers, logits: Values, targets: Values, prediction: number) => { sum: number; slopes: Values };

const ofSample: Record<'crossEntropy' | 'mse' | 'bceWithLogits', Sample> = {
  crossEntropy({ round, madd, exp, log, allocate }, z, t, prediction) {
    const K = z.length;
    const shifted = allocate(K).map((_, k) => round(z[k]! - z[prediction]!));
    const exponentials = allocate(K).map((_, k) => exp(shifted[k]!));
    const sum = sixteenLanes(K, (lane, k) => round(lane + exponentials[k]!), round);
    const total = sixteenLanes(K, (lane, k) => round(lane + t[k]!), round);
    const logarithm = log(sum);
    return {
      sum: sixteenLanes(K, (lane, k) => madd(t[k]!, round(logarithm - shifted[k]!), lane), round),
      slopes: allocate(K).map((_, k) => madd(round(exponentials[k]! / sum), total, -t[k]!)),
    };
  },
  mse({ round, madd, allocate }, z, t) {
    const slopes = allocate(z.length).map((_, k) => round(z[k]! - t[k]!));
    return { sum: sixteenLanes(z.length, (lane, k) => madd(slopes[k]!, slopes[k]!, lane), round), slopes };
  },
  bceWithLogits({ round, madd, exp, log, allocate }, z, t) {
    const K = z.length;
    const e = allocate(K).map((_, k) => exp(z[k]! < 0 ? z[k]! : -z[k]!));
    const term = (k: number) => {
      const whole = round(1 + e[k]!);
      // log(1 + e) without what rounding 1 + e takes away.
      const logarithm = whole === 1 ? e[k]! : round(round(log(whole) * e[k]!) / round(whole - 1));
      // biome-ignore lint/complexity/useMathMinMax: as relu, NaN passes.
      return round(madd(-z[k]!, t[k]!, z[k]! < 0 ? 0 : z[k]!) + logarithm);
    };
    return {
      sum: sixteenLanes(K, (lane, k) => round(lane + term(k)), round),
      slopes: allocate(K).map((_, k) => round(round((z[k]! < 0 ? e[k]! : 1) / round(1 + e[k]!)) - t[k]!)),
    };
  },
};

/** Loss, prediction and gradient of each sample; logits and targets (N, K). */
export function targetLosses(
  numbers: Numbers,
  loss: keyof typeof ofSample,
  K: number,
  logits: Values,
  targets: Values,
  factors: LossFactors,
): Losses {
  const { round, allocate } = numbers;
  const batch = logits.length / K;
  const [losses, predictions, dlogits] = [allocate(batch), new Uint32Array(batch), allocate(batch * K)];
  const [ofLoss, ofGradient] = [round(factors.ofLoss), round(factors.ofGradient)];
  for (let n = 0; n < batch; n++) {
    const start = n * K;
    predictions[n] = largest(logits, start, K);
    const row = (values: Values) => values.subarray(start, start + K);
    const { sum, slopes } = ofSample[loss](numbers, row(logits), row(targets), predictions[n]!);
    losses[n] = round(sum * ofLoss);
    for (let k = 0; k < K; k++) dlogits[start + k] = round(slopes[k]! * ofGradient);
  }
  return { losses, predictions, dlogits };
}
