// The steps of docs/numerics.md, written out once more as it says them, in both Float32 arithmetics and bit for bit.
import { describe, expect, test } from 'vitest';
import { averageAfter } from '../../../trainer/kernels/reference/average.ts';
import { clipGradient } from '../../../trainer/kernels/reference/clip.ts';
import { matrixOf } from '../../../trainer/kernels/reference/matrix.ts';
import { createOptimizer } from '../../../trainer/kernels/reference/optimizers/index.ts';
import type { Parameter } from '../../../trainer/network.ts';
import { fused, strict, type Values } from '../../../trainer/numbers/numbers.ts';
import { optimizers } from '../../../trainer/optimizers/index.ts';
import { readTyped } from '../../../trainer/recipe/typed.ts';
import type { Optimizer } from '../../../trainer/recipe.ts';
import { randomValues } from './tiny.ts';

const fl = Math.fround;

describe.each([fused, strict])('$name', (numbers) => {
  const { madd } = numbers;
  const vector: Parameter = { name: 'p', layer: 'p', role: 'weight', shape: [40], count: 40, init: { constant: 0 } };
  const [start, g1, g2] = [21, 22, 23].map((seed) => randomValues(numbers, 40, seed)) as [Values, Values, Values];

  /** A parameter after two steps at rates 0.1 and 0.05, and the slots. */
  function twoSteps(optimizer: object) {
    const parameter = start.slice();
    const settings = readTyped<Optimizer>(optimizers, optimizer, 'optimizer');
    const made = createOptimizer(numbers, settings, [vector], new Map([['p', matrixOf(vector, [40, 1, 1])]]));
    made.step('p', parameter, g1, 0.1, 1);
    made.step('p', parameter, g2, 0.05, 2);
    return { parameter, slots: made.slots };
  }

  test('sgd with dampening and weight decay; with nesterov', () => {
    const { parameter } = twoSteps({ type: 'sgd', lr: 0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.02 });
    const looking = twoSteps({ type: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true }).parameter;
    for (let i = 0; i < 40; i++) {
      const first = madd(fl(0.02), start[i]!, g1[i]!);
      const p1 = madd(fl(-0.1), first, start[i]!);
      const second = madd(fl(0.9), first, fl(fl(1 - 0.3) * madd(fl(0.02), p1, g2[i]!)));
      expect(parameter[i]).toBe(madd(fl(-0.05), second, p1));
      const q1 = madd(fl(-0.1), madd(fl(0.9), g1[i]!, g1[i]!), start[i]!);
      const buffer = madd(fl(0.9), g1[i]!, g2[i]!);
      expect(looking[i]).toBe(madd(fl(-0.05), madd(fl(0.9), buffer, g2[i]!), q1));
    }
  });

  test('adamW shrinks, then moves as adam does', () => {
    const { parameter } = twoSteps({ type: 'adamW', lr: 0.1, weightDecay: 0.3 });
    const [b1, b2] = [fl(1 - 0.9), fl(1 - 0.999)];
    for (let i = 0; i < 40; i++) {
      let [p, m, v] = [start[i]!, 0, 0];
      for (const [g, rate, t] of [
        [g1[i]!, 0.1, 1],
        [g2[i]!, 0.05, 2],
      ] as const) {
        p = fl(fl(1 - rate * 0.3) * p);
        m = madd(b1, fl(g - m), m);
        v = madd(fl(b2 * g), g, fl(fl(0.999) * v));
        const [bc1, bc2] = t === 1 ? [1 - 0.9, 1 - 0.999] : [1 - 0.9 * 0.9, 1 - 0.999 * 0.999];
        p = fl(p - fl(fl(fl(rate / bc1) * m) / madd(fl(Math.sqrt(v)), fl(1 / Math.sqrt(bc2)), fl(1e-8))));
      }
      expect(parameter[i]).toBe(p);
    }
  });

  test('rmsprop, centered, with momentum', () => {
    const { parameter } = twoSteps({ type: 'rmsprop', alpha: 0.8, centered: true, momentum: 0.7, eps: 1e-4 });
    for (let i = 0; i < 40; i++) {
      let [p, v, a, buffer] = [start[i]!, 0, 0, 0];
      for (const [g, rate] of [
        [g1[i]!, 0.1],
        [g2[i]!, 0.05],
      ] as const) {
        v = madd(fl(fl(1 - 0.8) * g), g, fl(fl(0.8) * v));
        a = madd(fl(1 - 0.8), fl(g - a), a);
        const u = Math.max(0, madd(-a, a, v));
        buffer = madd(fl(0.7), buffer, fl(g / fl(fl(Math.sqrt(u)) + fl(1e-4))));
        p = madd(fl(-rate), buffer, p);
      }
      expect(parameter[i]).toBe(p);
    }
  });

  test('adagrad and lion', () => {
    const ofSums = twoSteps({ type: 'adagrad', lrDecay: 0.5, initialAccumulatorValue: 0.1 }).parameter;
    const ofSigns = twoSteps({ type: 'lion', weightDecay: 0.2 }).parameter;
    for (let i = 0; i < 40; i++) {
      let [p, sum] = [start[i]!, fl(0.1)];
      let [q, m] = [start[i]!, 0];
      for (const [g, rate, decayed] of [
        [g1[i]!, 0.1, 0.1],
        [g2[i]!, 0.05, 0.05 / 1.5],
      ] as const) {
        sum = madd(g, g, sum);
        p = madd(fl(-decayed), fl(g / fl(fl(Math.sqrt(sum)) + fl(1e-10))), p);
        const c = madd(fl(1 - 0.9), g, fl(fl(0.9) * m));
        m = madd(fl(1 - 0.99), g, fl(fl(0.99) * m));
        q = madd(fl(-rate), Math.sign(c), fl(fl(1 - rate * 0.2) * q));
      }
      expect([ofSums[i], ofSigns[i]]).toEqual([p, q]);
    }
  });

  test.each([
    [2, 3],
    [8, 3],
  ])('muon of %i outputs of 2 × 2 × %i maps behind a flatten: storage order, each element one chain', (out, wide) => {
    const maps = [2, 2, wide] as const;
    const K = 4 * wide;
    const weight: Parameter = { name: 'w', layer: 'w', role: 'weight', shape: [out, K], count: out * K, init: { constant: 0 } };
    const last: Parameter = { name: 'l', layer: 'l', role: 'weight', shape: [2, out], count: 2 * out, init: { constant: 0 } };
    const [before, gradient] = [randomValues(numbers, out * K, 31), randomValues(numbers, out * K, 32)];
    const parameter = before.slice();
    const settings = readTyped<Optimizer>(optimizers, { type: 'muon', nsSteps: 2 }, 'optimizer');
    const made = createOptimizer(numbers, settings, [weight, last], new Map([['w', matrixOf(weight, maps)]]));
    made.step('w', parameter, gradient, 0.02, 1);

    // Place of input k in storage order (h, w, c) in PyTorch's (c, h, w).
    const place = (o: number, k: number) => o * K + (k % 2) * 2 * wide + Math.floor(k / 2);
    const mixing = fl(1 - 0.95);
    const z = (o: number, k: number) => {
      const m = madd(mixing, gradient[place(o, k)]!, 0);
      return madd(mixing, fl(gradient[place(o, k)]! - m), m);
    };
    // At most 16 columns and 256 rows: one block, a chain a column.
    const lanes = Array.from({ length: 16 }, (_, o) => {
      let sum = 0;
      if (o < out) for (let k = 0; k < K; k++) sum = madd(z(o, k), z(o, k), sum);
      return sum;
    });
    for (let half = 8; half >= 1; half /= 2) for (let l = 0; l < half; l++) lanes[l] = fl(lanes[l]! + lanes[l + half]!);
    const scale = fl(1 / Math.max(Math.sqrt(lanes[0]!), 1e-7));
    const [a, b, c] = [fl(3.4445), fl(-4.775), fl(2.0315)];
    // Both cases have fewer outputs than inputs.
    let x = Array.from({ length: out }, (_, o) => Array.from({ length: K }, (_, k) => fl(z(o, k) * scale)));
    const chain = (terms: number, from: number, at: (k: number) => [number, number]) => {
      let sum = from;
      for (let k = 0; k < terms; k++) sum = madd(...at(k), sum);
      return sum;
    };
    for (let step = 0; step < 2; step++) {
      const A = x.map((row) => x.map((other) => chain(K, 0, (k) => [row[k]!, other[k]!])));
      const B = A.map((row, i) =>
        row.map((value, j) =>
          madd(
            c,
            chain(out, 0, (k) => [A[i]![k]!, A[k]![j]!]),
            fl(b * value),
          ),
        ),
      );
      const old = x;
      x = old.map((row, i) => row.map((value, j) => chain(out, fl(a * value), (k) => [B[i]![k]!, old[k]![j]!])));
    }
    for (let o = 0; o < out; o++) {
      for (let k = 0; k < K; k++) {
        const shrunk = fl(fl(1 - 0.02 * 0.1) * before[place(o, k)]!);
        expect(parameter[place(o, k)]).toBe(madd(fl(-0.02), x[o]![k]!, shrunk));
      }
    }
  });

  test('clipping and averages', () => {
    const byNorm = clipGradient(numbers, { norm: 0.5 }, Float64Array.of(3, 6))(g1);
    const byValue = clipGradient(numbers, { value: 0.3 }, Float64Array.of(9))(g1);
    const first = averageAfter(numbers, 0.9, start, null);
    const second = averageAfter(numbers, 0.9, g1, first);
    for (let i = 0; i < 40; i++) {
      expect(byNorm[i]).toBe(fl(g1[i]! * fl(0.5 / (3 + 1e-6))));
      expect(byValue[i]).toBe(Math.abs(g1[i]!) > fl(0.3) ? Math.sign(g1[i]!) * fl(0.3) : g1[i]);
      expect(first[i]).toBe(start[i]);
      expect(second[i]).toBe(madd(fl(1 - 0.9), fl(g1[i]! - start[i]!), start[i]!));
    }
  });
});
