// Dropout, as torch.nn.Dropout and Dropout2d: an element, or a whole channel, is zeroed with probability p, the rest grows by 1/(1 − p).
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';
import { dropoutWords, threshold } from '../../random/draws.ts';
import type { PhiloxKey } from '../../random/philox.ts';

/** Factors (N, E): 1/(1 − p) where an element is kept, +0 where not; drawn by original sample index, epoch and element. */
export function dropoutFactors(
  { allocate }: Numbers,
  key: PhiloxKey,
  p: number,
  samples: Uint32Array,
  epoch: number,
  elements: number,
): Values {
  const factors = allocate(samples.length * elements);
  const words = new Uint32Array(elements);
  const keepFrom = threshold(p);
  for (const [n, sample] of samples.entries()) {
    dropoutWords(key, sample, epoch, words);
    for (let i = 0; i < elements; i++) factors[n * elements + i] = words[i]! >= keepFrom ? 1 / (1 - p) : 0;
  }
  return factors;
}

/** y = x·factors; the gradient is the same product of dy. All of one shape. */
export function applyDropout({ allocate }: Numbers, factors: Values, x: Values): Values {
  return allocate(x.length).map((_, i) => x[i]! * factors[i]!);
}

/** The same of x (N, H, W, C) with one factor a channel, (N, C). */
export function applyChannelDropout({ allocate }: Numbers, [C, H, W]: Shape, factors: Values, x: Values): Values {
  return allocate(x.length).map((_, i) => x[i]! * factors[Math.floor(i / (C * H * W)) * C + (i % C)]!);
}
