// Probabilities from logits, in double with the project's own exp.
import { expDouble } from '../numbers/double.ts';

/** The largest probability of (classes) logits: 1 / Σ exp(z − largest z). NaN where a logit is NaN, or where infinities leave none. */
export function confidence(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += expDouble(logit - largest);
  return 1 / sum;
}
