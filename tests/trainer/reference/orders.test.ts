// The orders of summation, spelled out a second time from docs/numerics.md: terms are listed, then chained. Values differ widely in size,
// so another order gives other bits.
import { describe, expect, test } from 'vitest';
import { batchNormBackward, batchNormMoments } from '../../../trainer/kernels/reference/batchNorm2d.ts';
import {
  type Convolution,
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from '../../../trainer/kernels/reference/conv2d.ts';
import type { Pass } from '../../../trainer/kernels/reference/layers/layer.ts';
import { canonicalColumns, linearForward, linearWeightGradient } from '../../../trainer/kernels/reference/linear.ts';
import { createModel } from '../../../trainer/kernels/reference/model.ts';
import { factorPlaces, scaleForward, scaleGateGradient } from '../../../trainer/kernels/reference/scale.ts';
import { squaredGradient } from '../../../trainer/kernels/reference/squaredGradient.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import { fused, type Numbers, strict, type Values } from '../../../trainer/numbers/numbers.ts';
import { concatenation, linear, randomValues, residual, words } from './tiny.ts';

const { fround } = Math;

function wild(count: number, seed: number): Values {
  const exponents = words(count, seed + 1000);
  return randomValues(fused, count, seed).map((value, i) => value * 2 ** ((exponents[i]! % 20) - 10)) as Values;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

type Term = [x: number, w: number];
const chain = ({ madd }: Numbers, terms: Term[]) => terms.reduce((sum, [x, w]) => madd(x, w, sum), 0);
const add = (a: number, b: number) => fround(a + b);

const batch = 3;
const [CI, H, W, CO, K, stride, padding] = [2, 5, 6, 3, 3, 2, 1];
const convolution: Convolution = { input: [CI, H, W], output: [CO, 3, 3], kernel: K, stride, padding };
const [OH, OW] = [3, 3];
const x = wild(batch * H * W * CI, 1);
const weight = wild(CO * CI * K * K, 2);
const bias = wild(CO, 3);
const dy = wild(batch * OH * OW * CO, 4);

const xAt = (n: number, h: number, w: number, ci: number) => (h < 0 || h >= H || w < 0 || w >= W ? 0 : x[((n * H + h) * W + w) * CI + ci]!);
const dyAt = (n: number, oh: number, ow: number, co: number) =>
  oh < 0 || oh >= OH || ow < 0 || ow >= OW ? 0 : dy[((n * OH + oh) * OW + ow) * CO + co]!;
const weightAt = (co: number, ci: number, kh: number, kw: number) => weight[((co * CI + ci) * K + kh) * K + kw]!;

describe.each([fused, strict])('$name', (numbers: Numbers) => {
  test('conv2d forward: kh, kw, ci, then the bias', () => {
    const y = conv2dForward(numbers, convolution, batch, x, weight, bias);
    for (const n of range(batch))
      for (const oh of range(OH))
        for (const ow of range(OW))
          for (const co of range(CO)) {
            const terms = range(K * K * CI).map((i): Term => {
              const [kh, kw, ci] = [Math.floor(i / (K * CI)), Math.floor(i / CI) % K, i % CI];
              return [xAt(n, oh * stride + kh - padding, ow * stride + kw - padding, ci), weightAt(co, ci, kh, kw)];
            });
            expect(y[((n * OH + oh) * OW + ow) * CO + co]).toBe(add(chain(numbers, terms), bias[co]!));
          }
  });

  test('conv2d input gradient: oh, ow, co, over every place a tap reaches', () => {
    const dx = conv2dInputGradient(numbers, convolution, batch, dy, weight);
    for (const n of range(batch))
      for (const h of range(H))
        for (const w of range(W))
          for (const ci of range(CI)) {
            const terms: Term[] = [];
            for (let oh = -K; oh < OH + K; oh++)
              for (let ow = -K; ow < OW + K; ow++) {
                const [kh, kw] = [h + padding - oh * stride, w + padding - ow * stride];
                if (kh < 0 || kh >= K || kw < 0 || kw >= K) continue;
                for (const co of range(CO)) terms.push([dyAt(n, oh, ow, co), weightAt(co, ci, kh, kw)]);
              }
            expect(dx[((n * H + h) * W + w) * CI + ci]).toBe(chain(numbers, terms));
          }
  });

  test('conv2d weight gradient: n, oh, ow in sixteen groups under a pair tree', () => {
    const dw = conv2dWeightGradient(numbers, convolution, batch, x, dy);
    for (const co of range(CO))
      for (const ci of range(CI))
        for (const kh of range(K))
          for (const kw of range(K)) {
            const ofSample = range(batch).map((n) =>
              chain(
                numbers,
                range(OH * OW).map((i): Term => {
                  const [oh, ow] = [Math.floor(i / OW), i % OW];
                  return [xAt(n, oh * stride + kh - padding, ow * stride + kw - padding, ci), dyAt(n, oh, ow, co)];
                }),
              ),
            );
            // Three samples over sixteen groups stand alone in groups 5, 10 and 15: the tree adds the second and third first.
            expect(dw[((co * CI + ci) * K + kh) * K + kw]).toBe(add(ofSample[0]!, add(ofSample[1]!, ofSample[2]!)));
          }
  });

  test('conv2d bias gradient: four partials a sample, samples in double', () => {
    const db = conv2dBiasGradient(numbers, convolution, batch, dy);
    for (const co of range(CO)) {
      const ofSample = range(batch).map((n) => {
        const partial = (j: number) =>
          range(OH * OW)
            .filter((i) => i % 4 === j)
            .reduce((sum, i) => add(sum, dy[(n * OH * OW + i) * CO + co]!), 0);
        return add(add(partial(0), partial(2)), add(partial(1), partial(3)));
      });
      expect(db[co]).toBe(fround(ofSample[0]! + (ofSample[1]! + ofSample[2]!)));
    }
  });

  test('linear: inputs in storage order against canonical columns; weight gradient over n', () => {
    const [C, maps, O, N] = [3, 4, 2, 5];
    const columns = Uint32Array.from(range(C * maps), (i) => (i % C) * maps + Math.floor(i / C));
    const inputs = wild(N * C * maps, 5);
    const weights = wild(O * C * maps, 6);
    const gradients = wild(N * O, 7);
    const y = linearForward(numbers, columns, O, N, inputs, weights, null);
    const dw = linearWeightGradient(numbers, columns, O, N, inputs, gradients);
    for (const o of range(O)) {
      for (const n of range(N)) {
        const terms = range(C * maps).map((i): Term => [inputs[n * C * maps + i]!, weights[o * C * maps + columns[i]!]!]);
        expect(y[n * O + o]).toBe(chain(numbers, terms));
      }
      for (const i of range(C * maps)) {
        const terms = range(N).map((n): Term => [inputs[n * C * maps + i]!, gradients[n * O + o]!]);
        expect(dw[o * C * maps + columns[i]!]).toBe(chain(numbers, terms));
      }
    }
  });

  test('batchNorm2d: shifted sums a sample, merged; the backward pass in three factors', () => {
    const [pixels, N] = [6, 2];
    const values = wild(N * pixels, 8).map((value) => fround(value + 100)) as Values;
    const gradients = wild(N * pixels, 9);
    const four = (terms: (sum: number, i: number) => number) => {
      const p = [0, 0, 0, 0];
      for (const i of range(pixels)) p[i % 4] = terms(p[i % 4]!, i);
      return add(add(p[0]!, p[2]!), add(p[1]!, p[3]!));
    };
    const samples = range(N).map((n) => {
      const k = values[n * pixels]!;
      const d = (i: number) => fround(values[n * pixels + i]! - k);
      const s1 = four((sum, i) => add(sum, d(i)));
      const s2 = four((sum, i) => numbers.madd(d(i), d(i), sum));
      return { mean: k + s1 / pixels, m2: s2 - (s1 * s1) / pixels };
    });
    const [a, b] = samples as [(typeof samples)[0], (typeof samples)[0]];
    const delta = b.mean - a.mean;
    const moments = batchNormMoments(numbers, [1, 2, 3], N, values)[0]!;
    expect(moments.mean).toBe(a.mean + (delta * pixels) / (2 * pixels));
    expect(moments.m2).toBe(a.m2 + b.m2 + (delta * delta * pixels * pixels) / (2 * pixels));

    const mean = Float32Array.of(moments.mean);
    const inverseStd = Float32Array.of(1 / Math.sqrt(moments.m2 / (2 * pixels) + 1e-5));
    const gamma = Float32Array.of(1.7);
    const { dx, dgamma, dbeta } = batchNormBackward(numbers, [1, 2, 3], N, values, gradients, { mean, inverseStd }, gamma);
    const centred = (i: number) => fround(values[i]! - mean[0]!);
    const s1 = range(N).map((n) => four((sum, i) => add(sum, gradients[n * pixels + i]!)));
    const s2 = range(N).map((n) => four((sum, i) => numbers.madd(gradients[n * pixels + i]!, centred(n * pixels + i), sum)));
    const [S1, S2] = [s1[0]! + s1[1]!, s2[0]! + s2[1]!];
    const A = fround(gamma[0]! * inverseStd[0]!);
    const B = fround((-A * inverseStd[0]! * inverseStd[0]! * S2) / (N * pixels));
    const C = fround((-A * S1) / (N * pixels));
    expect(dbeta[0]).toBe(fround(S1));
    expect(dgamma[0]).toBe(fround(S2 * inverseStd[0]!));
    for (const i of range(N * pixels)) expect(dx[i]).toBe(numbers.madd(centred(i), B, numbers.madd(gradients[i]!, A, C)));
  });

  test('sum of squares: blocks of 256 rows × 16 columns, lanes by halves, blocks in double', () => {
    const [rows, columns] = [300, 19];
    const g = wild(rows * columns, 10);
    const at = (row: number, column: number) => g[row * columns + column]!;
    const block = (firstRow: number, lastRow: number, firstColumn: number) => {
      let lanes = range(16).map((lane) => {
        const column = firstColumn + lane;
        if (column >= columns) return 0;
        return chain(
          numbers,
          range(lastRow - firstRow).map((row): Term => [at(firstRow + row, column), at(firstRow + row, column)]),
        );
      });
      for (; lanes.length > 1; ) lanes = range(lanes.length / 2).map((lane) => add(lanes[lane]!, lanes[lane + lanes.length / 2]!));
      return lanes[0]!;
    };
    const blocks = [block(0, 256, 0), block(0, 256, 16), block(256, 300, 0), block(256, 300, 16)];
    expect(squaredGradient(numbers, rows, columns, at)).toBe(blocks.reduce((sum, value) => sum + value, 0));
  });

  test('blocks within one another: the sum is body + input, and gradients are added in the order of the layers that took the output', () => {
    const width = 9;
    const layers = [linear('linear.1', width), residual('residual.1', [residual('residual.1', [linear('linear.1', width)])])];
    const model = createModel(numbers, resolveNetwork(layers, [4, 1, 1], width), 1);
    const { parameters, gradients } = model.learned;
    const weight = wild(width * width, 5);
    parameters.get('residual.1/residual.1/linear.1.weight')!.set(weight);
    const [input, dlogits] = [wild(4, 6), wild(width, 7)];
    const pass: Pass = { batch: 1, samples: Uint32Array.of(0), epoch: 1, training: true, statistics: 'batch' };
    const y = model.forward(input, pass);
    model.backward(dlogits, pass);
    const dense = (x: Values, layer: string) => {
      const columns = canonicalColumns([x.length, 1, 1]);
      return linearForward(numbers, columns, width, 1, x, parameters.get(`${layer}.weight`)!, parameters.get(`${layer}.bias`)!);
    };
    const x1 = dense(input, 'linear.1');
    const body = dense(x1, 'residual.1/residual.1/linear.1');
    for (const i of range(width)) {
      expect(y[i]).toBe(add(add(body[i]!, x1[i]!), x1[i]!));
      const fromBody = chain(
        numbers,
        range(width).map((o): Term => [dlogits[o]!, weight[o * width + i]!]),
      );
      // First what comes through the inner body, then past the inner block, then past the outer one.
      expect(gradients.get('linear.1.bias')![i]).toBe(add(add(fromBody, dlogits[i]!), dlogits[i]!));
    }
  });

  test('branches: gradients are added in the order of their first layers, then what comes to the block itself', () => {
    const width = 3;
    const branches = [[linear('a', width)], [], [linear('b', width)], []];
    const layers = [linear('linear.1', width), concatenation('k', ...branches)];
    const model = createModel(numbers, resolveNetwork(layers, [4, 1, 1], 4 * width), 1);
    const { parameters, gradients } = model.learned;
    const weights = ['a', 'b'].map((name, i) => {
      const weight = wild(width * width, 5 + i);
      parameters.get(`k/branch.${i === 0 ? 1 : 3}/${name}.weight`)!.set(weight);
      return weight;
    });
    const [input, dlogits] = [wild(4, 8), wild(4 * width, 9)];
    const pass: Pass = { batch: 1, samples: Uint32Array.of(0), epoch: 1, training: true, statistics: 'batch' };
    model.forward(input, pass);
    model.backward(dlogits, pass);
    for (const i of range(width)) {
      const [a, b] = weights.map((weight, branch) => {
        const terms = range(width).map((o): Term => [dlogits[2 * branch * width + o]!, weight[o * width + i]!]);
        return chain(numbers, terms);
      }) as [number, number];
      expect(gradients.get('linear.1.bias')![i]).toBe(add(add(add(a, b), dlogits[width + i]!), dlogits[3 * width + i]!));
    }
  });

  test('scale: a product forward; backward a product, and four partials over pixels', () => {
    const shape: Shape = [2, 3, 3];
    const places = factorPlaces(shape, shape, [2, 1, 1]);
    const [x, dy, gate] = [wild(18, 3), wild(18, 4), wild(2, 5)];
    const dgate = scaleGateGradient(numbers, shape, places, x, dy);
    for (const c of range(2)) {
      const partial = (first: number) =>
        chain(
          numbers,
          range(9)
            .filter((pixel) => pixel % 4 === first)
            .map((pixel): Term => [dy[pixel * 2 + c]!, x[pixel * 2 + c]!]),
        );
      expect(dgate[c]).toBe(add(add(partial(0), partial(2)), add(partial(1), partial(3))));
    }
    expect([...scaleForward(numbers, shape, places, x, gate)]).toEqual([...x].map((value, i) => numbers.round(value * gate[i % 2]!)));
  });
});
