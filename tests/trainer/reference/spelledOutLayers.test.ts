// Activations, pooling with padding, and norms of single samples, written a second time from docs/numerics.md with every rounding in sight.
// Values differ widely in size, so another order of summation gives other bits.
import { describe, expect, test } from 'vitest';
import { activationBackward, activationForward } from '../../../trainer/kernels/reference/activations.ts';
import { avgPoolBackward, avgPoolForward } from '../../../trainer/kernels/reference/avgPool2d.ts';
import { groupNormalizer, groupNormBackward, groupNormForward } from '../../../trainer/kernels/reference/groupNorm.ts';
import { layerNormBackward, layerNormForward } from '../../../trainer/kernels/reference/layerNorm.ts';
import type { Activation } from '../../../trainer/layers/activations.ts';
import { poolingOf } from '../../../trainer/layers/poolings.ts';
import type { Shape } from '../../../trainer/network.ts';
import { fused, type Numbers, strict, type Values } from '../../../trainer/numbers/numbers.ts';
import { activations, randomValues, words } from './tiny.ts';

const fl = Math.fround;
const add = (a: number, b: number) => fl(a + b);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function wild(count: number, seed: number, reach = 10): Values {
  const exponents = words(count, seed + 1000);
  return randomValues(fused, count, seed).map((value, i) => value * 2 ** ((exponents[i]! % (2 * reach)) - reach)) as Values;
}

const sigmoid = ({ exp }: Numbers, x: number) => (x < -87 ? 0 : fl(1 / fl(exp(-x) + 1)));

function tanh({ exp, madd }: Numbers, x: number): number {
  const a = Math.abs(x);
  if (a >= 0.625) return Math.sign(x) * fl(1 - fl(2 / fl(exp(fl(a + a)) + 1)));
  const z = fl(a * a);
  const q = [2.06390861e-2, -5.37397154e-2, 1.33314416e-1, -3.33332807e-1].reduce((q, c) => madd(q, z, fl(c)), fl(-5.704985e-3));
  return Math.sign(x) * madd(fl(a * z), q, a);
}

/** Value, and gradient of g. */
type Spelled = (numbers: Numbers, x: number, g: number) => [y: number, dx: number];

const spelled: Partial<Record<Activation['kind'], Spelled>> = {
  leakyRelu: (_, x, g) => (x > 0 ? [x, g] : [fl(x * fl(0.1)), fl(g * fl(0.1))]),
  sigmoid(numbers, x, g) {
    const s = sigmoid(numbers, x);
    return [s, fl(g * fl(s * fl(1 - s)))];
  },
  silu(numbers, x, g) {
    const s = sigmoid(numbers, x);
    const y = fl(x * s);
    return [y, fl(g * numbers.madd(y, fl(1 - s), s))];
  },
  tanh(numbers, x, g) {
    const y = tanh(numbers, x);
    return [y, fl(g * numbers.madd(-y, y, 1))];
  },
  hardswish({ madd }, x, g) {
    const t = Math.min(6, Math.max(0, fl(x + 3)));
    const slope = x <= -3 ? 0 : x >= 3 ? 1 : madd(x, fl(1 / 3), 0.5);
    return [fl(fl(x * t) * fl(1 / 6)), fl(g * slope)];
  },
};

describe.each([fused, strict])('$name', (numbers) => {
  test.each(activations.filter(({ kind }) => kind in spelled))('$kind', (layer) => {
    const [x, g] = [wild(4000, 1, 7), wild(4000, 2)];
    x.set([3, -3, 0, 0.625, -0.625, -88, 100]);
    const [y, dx] = [activationForward(numbers, layer, x), activationBackward(numbers, layer, x, g)];
    // Zeros of either sign are one here; the kernels' tests tell them apart.
    for (const i of range(x.length)) expect([y[i]! + 0, dx[i]! + 0]).toEqual(spelled[layer.kind]!(numbers, x[i]!, g[i]!).map((v) => v + 0));
  });

  test('average pooling with padding: kh, kw from +0, then the share; gradients in window order', () => {
    const settings = { kernel: 3, stride: 2, padding: 1, countIncludePad: false } as const;
    const pooling = poolingOf({ kind: 'avgPool2d', name: 'a', ...settings }, [1, 4, 5]);
    const [x, dy] = [wild(20, 3), wild(6, 4)];
    const inside = (from: number, size: number) =>
      range(3)
        .map((i) => from + i)
        .filter((i) => i >= 0 && i < size);
    const pixels = (o: number) => inside(2 * Math.floor(o / 3) - 1, 4).flatMap((h) => inside(2 * (o % 3) - 1, 5).map((w) => 5 * h + w));
    const y = avgPoolForward(numbers, pooling, 1, x);
    const expected = new Float32Array(20);
    for (const o of range(6)) {
      const share = fl(1 / pixels(o).length);
      expect(y[o]).toBe(fl(pixels(o).reduce((total, pixel) => add(total, x[pixel]!), 0) * share));
      for (const pixel of pixels(o)) expected[pixel] = add(expected[pixel]!, fl(dy[o]! * share));
    }
    expect([...avgPoolBackward(numbers, pooling, 1, dy)]).toEqual([...expected]);
  });

  describe('norms of single samples', () => {
    const shape: Shape = [4, 2, 3];
    const [C, pixels, N] = [4, 6, 3];
    const elements = C * pixels;
    const [x, dy] = [wild(N * elements, 5), wild(N * elements, 6)];
    const four = (term: (total: number, i: number) => number) => {
      const [p0, p1, p2, p3] = [0, 1, 2, 3].map((j) =>
        range(pixels)
          .filter((i) => i % 4 === j)
          .reduce(term, 0),
      ) as [number, number, number, number];
      return add(add(p0, p2), add(p1, p3));
    };
    const at = (n: number, c: number, pixel: number) => n * elements + pixel * C + c;

    /** Mean and 1/√(variance + eps) of channels of a sample, in binary32. */
    function statistics(n: number, channels: number[]): [mean: number, inverse: number] {
      let [count, mean, m2] = [0, 0, 0];
      for (const c of channels) {
        const shift = x[at(n, c, 0)]!;
        const deviation = (pixel: number) => fl(x[at(n, c, pixel)]! - shift);
        const s1 = four((total, pixel) => add(total, deviation(pixel)));
        const s2 = four((total, pixel) => numbers.madd(deviation(pixel), deviation(pixel), total));
        const [ownMean, own] = [shift + s1 / pixels, Math.max(0, s2 - (s1 * s1) / pixels)];
        const delta = ownMean - mean;
        const all = count + pixels;
        [mean, m2] = count === 0 ? [ownMean, own] : [mean + (delta * pixels) / all, m2 + own + (delta * delta * count * pixels) / all];
        count = all;
      }
      return [fl(mean), fl(1 / Math.sqrt(m2 / count + 1e-5))];
    }

    test('groupNorm of two groups', () => {
      const [gamma, beta] = [wild(C, 7), wild(C, 8)];
      const normalizer = groupNormalizer(numbers, shape, 2, N, x, 1e-5);
      const y = groupNormForward(numbers, shape, 2, x, normalizer, gamma, beta);
      const { dx, dgamma, dbeta } = groupNormBackward(numbers, shape, 2, N, x, dy, normalizer, gamma);
      const scaled = range(C).map((): number[] => []);
      const plain = range(C).map((): number[] => []);
      for (const n of range(N)) {
        for (const channels of [
          [0, 1],
          [2, 3],
        ]) {
          const [mean, inverse] = statistics(n, channels);
          const centred = (c: number, pixel: number) => fl(x[at(n, c, pixel)]! - mean);
          const s1 = channels.map((c) => four((total, pixel) => add(total, dy[at(n, c, pixel)]!)));
          const s2 = channels.map((c) => four((total, pixel) => numbers.madd(dy[at(n, c, pixel)]!, centred(c, pixel), total)));
          const t1 = sum(channels.map((c, i) => gamma[c]! * s1[i]!));
          const t2 = sum(channels.map((c, i) => gamma[c]! * s2[i]!));
          const B = fl((-inverse * inverse * inverse * t2) / (2 * pixels));
          const D = fl((-inverse * t1) / (2 * pixels));
          for (const [i, c] of channels.entries()) {
            plain[c]!.push(s1[i]!);
            scaled[c]!.push(fl(s2[i]! * inverse));
            const scale = fl(gamma[c]! * inverse);
            for (const pixel of range(pixels)) {
              const place = at(n, c, pixel);
              expect(y[place]).toBe(numbers.madd(centred(c, pixel), scale, beta[c]!));
              expect(dx[place]).toBe(numbers.madd(centred(c, pixel), B, numbers.madd(dy[place]!, scale, D)));
            }
          }
        }
      }
      // Three samples lie in groups 5, 10 and 15 of sixteen: the tree adds the last two, which share its upper half, before the first.
      const tree = ([a, b, c]: number[]) => fl(a! + (b! + c!));
      for (const c of range(C)) expect([dgamma[c], dbeta[c]]).toEqual([tree(scaled[c]!), tree(plain[c]!)]);
    });

    test('layerNorm', () => {
      // Canonical: by channel, then pixel.
      const [gamma, beta] = [wild(elements, 7), wild(elements, 8)];
      const normalizer = groupNormalizer(numbers, shape, 1, N, x, 1e-5);
      const y = layerNormForward(numbers, shape, x, normalizer, gamma, beta);
      const { dx, dgamma, dbeta } = layerNormBackward(numbers, shape, N, x, dy, normalizer, gamma);
      const products = new Float32Array(elements);
      const sums = new Float32Array(elements);
      for (const n of range(N)) {
        const [mean, inverse] = statistics(n, range(C));
        const centred = (c: number, pixel: number) => fl(x[at(n, c, pixel)]! - mean);
        const scaled = (c: number, pixel: number) => fl(dy[at(n, c, pixel)]! * gamma[c * pixels + pixel]!);
        const t1 = sum(range(C).map((c) => four((total, pixel) => add(total, scaled(c, pixel)))));
        const t2 = sum(range(C).map((c) => four((total, pixel) => numbers.madd(scaled(c, pixel), centred(c, pixel), total))));
        const B = fl((-inverse * inverse * inverse * t2) / elements);
        const D = fl((-inverse * t1) / elements);
        for (const c of range(C)) {
          for (const pixel of range(pixels)) {
            const [place, canonical] = [at(n, c, pixel), c * pixels + pixel];
            const h = fl(centred(c, pixel) * inverse);
            expect(y[place]).toBe(numbers.madd(h, gamma[canonical]!, beta[canonical]!));
            expect(dx[place]).toBe(numbers.madd(centred(c, pixel), B, numbers.madd(scaled(c, pixel), inverse, D)));
            products[canonical] = numbers.madd(dy[place]!, h, products[canonical]!);
            sums[canonical] = add(sums[canonical]!, dy[place]!);
          }
        }
      }
      expect([...dgamma]).toEqual([...products]);
      expect([...dbeta]).toEqual([...sums]);
    });
  });
});
