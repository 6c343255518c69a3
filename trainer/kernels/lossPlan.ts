// The loss in the plan: which kernel, where its targets and factors lie, and what must be filled in before a pass.
import type { EngineSpec } from '../engine.ts';
import { lossName } from '../losses/index.ts';
import { lossFactors, oneHot, targetRow } from '../losses/targets.ts';
import type { Arena } from './arena.ts';
import type { KernelSet } from './emit/kernels.ts';
import { crossEntropy, lossScratch } from './loss.ts';
import { padded } from './plane.ts';
import { targetLoss, targetLossScratch } from './targetLosses.ts';
import type { Values, Work } from './work.ts';

export interface LossPlan {
  /** Losses and predictions of the logits, and their gradients where there is a place for them. */
  work(logits: Values, gradients: Values | null): Work;
  /** Once, before the first step. */
  start(): void;
  /** Before a pass over samples with these labels; a training pass may be given targets, (N, classes). */
  begin(labels: Uint8Array, targets: Float32Array | null): void;
}

/** Of words and floats that a pass leaves, (batch) each. */
export interface LossAddresses {
  labels: number;
  losses: number;
  predictions: number;
}

export function planLoss(arena: Arena, kernels: KernelSet, spec: EngineSpec, { labels, losses, predictions }: LossAddresses): LossPlan {
  const { batch, loss, givenTargets = false } = spec;
  const { classes } = spec.network;
  const row = padded(classes);
  const factors = arena.shared(8);
  const plain = loss === 'crossEntropy';
  const lanes = arena.scratch(4 * Math.max(lossScratch(classes), targetLossScratch(classes)));
  const ofLabels = plain ? 0 : arena.shared(4 * row * classes);
  const given = givenTargets ? arena.shared(4 * row * batch) : 0;
  /** Row n of the given targets is sample n's. */
  const places = givenTargets ? arena.shared(4 * batch) : 0;
  const write = (address: number, n: number, q: ArrayLike<number>) => arena.views.floats.set(targetRow(loss, q), address / 4 + n * row);

  function kernelFor(logits: Values, gradients: Values | null) {
    const gradientBytes = gradients?.plane.sampleBytes ?? 0;
    const { sampleBytes } = logits.plane;
    const [name, trained] = [`loss/${gradientBytes}`, givenTargets && gradients !== null];
    if (plain && !trained) {
      const kernel = kernels.add(name, 7, crossEntropy(classes, sampleBytes, gradientBytes));
      return (first: number, count: number, place: number) =>
        kernel.run(logits.at(first), place, labels + 4 * first, losses + 4 * first, count, factors, lanes);
    }
    const kernel = kernels.add(`${name}/targets`, 8, targetLoss(lossName(loss), classes, sampleBytes, gradientBytes));
    const [rows, targets] = trained ? [places, given] : [labels, ofLabels];
    return (first: number, count: number, place: number) =>
      kernel.run(logits.at(first), place, rows + 4 * first, losses + 4 * first, count, factors, targets, lanes);
  }

  return {
    work(logits, gradients) {
      // Where no gradient is wanted, every sample's goes to the same place.
      const unwanted = gradients === null ? arena.scratch(logits.plane.bytes) : 0;
      const kernel = kernelFor(logits, gradients);
      return {
        kind: 'range',
        name: 'loss',
        run(first, end) {
          kernel(first, end - first, gradients?.at(first) ?? unwanted);
          const { floats, words } = arena.views;
          for (let n = first; n < end; n++) words[predictions / 4 + n] = largest(floats, logits.at(n) / 4, classes);
        },
      };
    },
    start() {
      if (!plain) for (let label = 0; label < classes; label++) write(ofLabels, label, oneHot(classes, label));
      if (givenTargets) for (let n = 0; n < batch; n++) arena.views.words[places / 4 + n] = n;
    },
    begin(classOf, targets) {
      const { ofGradient, ofLoss } = lossFactors(loss, classes, classOf.length, targets === null ? classOf : null);
      arena.views.floats.set([ofGradient, ofLoss], factors / 4);
      if (targets === null) return;
      for (let n = 0; n < classOf.length; n++) write(given, n, targets.subarray(n * classes, (n + 1) * classes));
    },
  };
}

/** Place of the largest of `count` values from `start`: the first one, and the first NaN before all. */
function largest(values: Float32Array, start: number, count: number): number {
  let place = 0;
  let best = values[start]!;
  for (let i = 1; i < count; i++) {
    const value = values[start + i]!;
    if (value <= best) continue;
    if (Number.isNaN(best)) break;
    place = i;
    best = value;
  }
  return place;
}
