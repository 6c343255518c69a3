// Sample groups: how a sum over the batch is cut, by layer shape and batch alone (docs/numerics.md).
import { pairTree } from './folds.ts';

/** Groups of every sum over samples of one value a channel. */
export const CHANNEL_GROUPS = 16;

/** First sample of group `group` of `groups` over a batch; the group ends where the next begins. Groups may be empty. */
export function groupStart(group: number, groups: number, batch: number): number {
  return Math.floor((batch * group) / groups);
}

/** Sample groups of a convolution's weight gradient: 16, halved until weights · groups ≤ 2^19, at least 1. */
export function weightGroups(weights: number): number {
  let groups = 16;
  while (groups > 1 && weights * groups > 524288) groups /= 2;
  return groups;
}

/** Folds `values` over samples: each of 16 groups ascending from `empty`, then a pair tree of the groups. */
export function foldSamples<T>(batch: number, empty: T, valueAt: (sample: number) => T, combine: (a: T, b: T) => T): T {
  const groups = Array.from({ length: CHANNEL_GROUPS }, (_, group) => {
    let folded = empty;
    const end = groupStart(group + 1, CHANNEL_GROUPS, batch);
    for (let sample = groupStart(group, CHANNEL_GROUPS, batch); sample < end; sample++) folded = combine(folded, valueAt(sample));
    return folded;
  });
  return pairTree(groups, combine);
}

/** Sum over samples of one channel, in double: `values` is (batch, channels), one partial result a sample. */
export function channelSum(values: ArrayLike<number>, batch: number, channels: number, channel: number): number {
  return foldSamples(
    batch,
    0,
    (sample) => values[sample * channels + channel]!,
    (a, b) => a + b,
  );
}
