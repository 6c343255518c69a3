// Loss, optimizers and dropout, written a second time from docs/numerics.md with every rounding in sight; and exp and log likewise.
import { describe, expect, test } from 'vitest';
import { crossEntropy } from '../../../trainer/kernels/reference/crossEntropy.ts';
import { dropoutFactors } from '../../../trainer/kernels/reference/dropout.ts';
import { adamStep } from '../../../trainer/kernels/reference/optimizers/adam.ts';
import { sgdStep } from '../../../trainer/kernels/reference/optimizers/sgd.ts';
import { fused, type Numbers, strict } from '../../../trainer/numbers/numbers.ts';
import { dropoutKey, dropoutWords } from '../../../trainer/random/draws.ts';
import { randomValues } from './tiny.ts';

const fl = Math.fround;

function spelledExp({ madd }: Numbers, x: number): number {
  const t = Math.min(Math.max(x, -87), 88);
  const scaled = fl(t * fl(Math.LOG2E));
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const n = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  const r = madd(n, fl(2.1219444e-4), madd(n, fl(-0.693359375), t));
  let q = fl(1.98756915e-4);
  for (const c of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]) q = madd(q, r, fl(c));
  return fl(madd(fl(r * r), q, fl(r + 1)) * 2 ** n);
}

function spelledLog({ madd }: Numbers, x: number): number {
  let e = Math.floor(Math.log2(x)) + 1;
  let f = x / 2 ** e;
  // log2 may be off by one next to a power of two.
  for (; f >= 1; f /= 2) e++;
  for (; f < 0.5; f *= 2) e--;
  if (f < fl(Math.SQRT1_2)) {
    e -= 1;
    f *= 2;
  }
  f = fl(f - 1);
  const z = fl(f * f);
  let q = fl(7.0376836292e-2);
  const coefficients = [
    ...[-1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1],
    ...[-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
  ];
  for (const c of coefficients) q = madd(q, f, fl(c));
  let y = fl(fl(f * z) * q);
  y = madd(e, fl(-2.1219444e-4), y);
  y = madd(-0.5, z, y);
  y = fl(f + y);
  return madd(e, fl(0.693359375), y);
}

describe.each([fused, strict])('$name', (numbers: Numbers) => {
  const { madd } = numbers;

  test('exp and log, bit by bit', () => {
    for (const x of randomValues(fused, 5000, 1, 90)) expect(numbers.exp(x)).toBe(spelledExp(numbers, x));
    for (const x of randomValues(fused, 5000, 2, 1)) expect(numbers.exp(x)).toBe(spelledExp(numbers, x));
    for (const x of randomValues(fused, 5000, 3, 40)) {
      if (x !== 0) expect(numbers.log(Math.abs(x))).toBe(spelledLog(numbers, Math.abs(x)));
    }
    for (const x of [2 ** -126, 0.5, 1, 2, 2 ** 127, fl(Math.SQRT1_2), fl(1 - 2 ** -24), fl(3.4e38)]) {
      expect(numbers.log(x)).toBe(spelledLog(numbers, x));
    }
  });

  test('cross-entropy: sixteen lanes, the label’s share taken last', () => {
    const [batch, K] = [7, 37];
    const logits = randomValues(numbers, batch * K, 4, 3);
    const labels = Uint8Array.from({ length: batch }, (_, n) => (n * 5) % K);
    const { losses, dlogits } = crossEntropy(numbers, K, logits, labels);
    const invN = fl(1 / batch);
    for (let n = 0; n < batch; n++) {
      const z = [...logits.subarray(n * K, (n + 1) * K)];
      const m = Math.max(...z);
      const e = z.map((value) => numbers.exp(fl(value - m)));
      let lanes = Array.from({ length: 16 }, (_, lane) => e.filter((_, k) => k % 16 === lane).reduce((sum, value) => fl(sum + value), 0));
      for (; lanes.length > 1; ) lanes = lanes.slice(0, lanes.length / 2).map((value, l) => fl(value + lanes[l + lanes.length / 2]!));
      const s = lanes[0]!;
      const label = labels[n]!;
      expect(losses[n]).toBe(fl(numbers.log(s) - fl(z[label]! - m)));
      for (let k = 0; k < K; k++) {
        const share = fl(fl(e[k]! / s) * invN);
        expect(dlogits[n * K + k]).toBe(k === label ? fl(share - invN) : share);
      }
    }
  });

  test('sgd: decay into the gradient, momentum, then the parameter', () => {
    const settings = { type: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 0.013 } as const;
    const count = 50;
    const p = randomValues(numbers, count, 5);
    const before = p.slice();
    const [g1, g2] = [randomValues(numbers, count, 6), randomValues(numbers, count, 7)];
    const buffer = sgdStep(numbers, settings, 0.1, p, g1, null);
    const second = sgdStep(numbers, settings, 0.05, p, g2, buffer);
    for (let i = 0; i < count; i++) {
      const buf1 = madd(fl(0.013), before[i]!, g1[i]!);
      const p1 = madd(fl(-0.1), buf1, before[i]!);
      const buf2 = madd(fl(0.9), buf1, madd(fl(0.013), p1, g2[i]!));
      expect([buffer![i], second![i]]).toEqual([buf1, buf2]);
      expect(p[i]).toBe(madd(fl(-0.05), buf2, p1));
    }
  });

  test.each([0, 0.013])('adam with weight decay %d', (weightDecay) => {
    const settings = { type: 'adam', lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay } as const;
    const count = 200;
    const [p, m, v] = [randomValues(numbers, count, 8), randomValues(numbers, count, 9), randomValues(numbers, count, 10)];
    for (let i = 0; i < count; i++) v[i] = Math.abs(v[i]!);
    const [p0, m0, v0] = [p.slice(), m.slice(), v.slice()];
    const gradient = randomValues(numbers, count, 11);
    adamStep(numbers, settings, 0.01, 3, p, gradient, m, v);
    const bc1 = 1 - 0.9 * (0.9 * 0.9);
    const bc2 = 1 - 0.999 * (0.999 * 0.999);
    for (let i = 0; i < count; i++) {
      const g = weightDecay === 0 ? gradient[i]! : madd(fl(weightDecay), p0[i]!, gradient[i]!);
      const m1 = madd(fl(1 - 0.9), fl(g - m0[i]!), m0[i]!);
      const v1 = madd(fl(fl(1 - 0.999) * g), g, fl(fl(0.999) * v0[i]!));
      const denominator = madd(fl(Math.sqrt(v1)), fl(1 / Math.sqrt(bc2)), fl(1e-8));
      expect([m[i], v[i]]).toEqual([m1, v1]);
      expect(p[i]).toBe(fl(p0[i]! - fl(fl(fl(0.01 / bc1) * m1) / denominator)));
    }
  });

  test('dropout keeps a word from ⌊p·2^32⌋ on', () => {
    const key = dropoutKey(1, 'dropout.1');
    const words = new Uint32Array(9);
    dropoutWords(key, 6, 2, words);
    // p such that the fifth word is the threshold itself.
    const p = words[4]! / 2 ** 32;
    const factors = dropoutFactors(numbers, key, p, Uint32Array.of(6), 2, 9);
    for (const [i, word] of words.entries()) expect(factors[i]).toBe(word >= words[4]! ? fl(1 / (1 - p)) : 0);
    expect(factors[4]).not.toBe(0);
  });
});
