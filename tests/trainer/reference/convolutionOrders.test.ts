// The orders of a convolution's sums with groups, dilation and mirrored padding, spelled out a second time from docs/numerics.md: terms are
// listed, then chained. Values differ widely in size, so another order gives other bits.
import { describe, expect, test } from 'vitest';
import { type Convolution, conv2dForward, conv2dInputGradient, conv2dWeightGradient } from '../../../trainer/kernels/reference/conv2d.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { squaredGradient } from '../../../trainer/kernels/reference/squaredGradient.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { fused, type Numbers, strict, type Values } from '../../../trainer/numbers/numbers.ts';
import { conv, flatten, linear, randomValues, tinySpec, words } from './tiny.ts';

const { fround } = Math;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function wild(count: number, seed: number): Values {
  const exponents = words(count, seed + 1000);
  return randomValues(fused, count, seed).map((value, i) => value * 2 ** ((exponents[i]! % 20) - 10)) as Values;
}

type Term = [x: number, w: number];
const chain = ({ madd }: Numbers, terms: Term[]) => terms.reduce((sum, [x, w]) => madd(x, w, sum), 0);

const [CI, CO, G, K, H, W, dilation, padding, batch] = [6, 4, 2, 3, 6, 5, 2, 2, 2];
const [I, O] = [CI / G, CO / G];
const x = wild(batch * H * W * CI, 1);
const weight = wild(CO * I * K * K, 2);
const dy = wild(batch * H * W * CO, 3);
const convolution: Convolution = { input: [CI, H, W], output: [CO, H, W], kernel: K, stride: 1, padding, dilation, groups: G };
const weightAt = (co: number, i: number, kh: number, kw: number) => weight[((co * I + i) * K + kh) * K + kw]!;
const inside = (h: number, w: number) => h >= 0 && h < H && w >= 0 && w < W;
const xAt = (n: number, h: number, w: number, ci: number) => (inside(h, w) ? x[((n * H + h) * W + w) * CI + ci]! : 0);
const dyAt = (n: number, h: number, w: number, co: number) => (inside(h, w) ? dy[((n * H + h) * W + w) * CO + co]! : 0);
const mirrored = (place: number, size: number) => (place < 0 ? -place : place >= size ? 2 * size - 2 - place : place);

describe.each([fused, strict])('$name', (numbers: Numbers) => {
  test.each(['zeros', 'reflect'] as const)('forward, %s: kh, kw, ci of the group', (paddingMode) => {
    const y = conv2dForward(numbers, { ...convolution, paddingMode }, batch, x, weight, null);
    for (const [place, value] of y.entries()) {
      const [co, w, h, n] = [place % CO, Math.floor(place / CO) % W, Math.floor(place / (CO * W)) % H, Math.floor(place / (CO * W * H))];
      const terms = range(K).flatMap((kh) =>
        range(K).flatMap((kw) =>
          range(I).map((i): Term => {
            const [row, column] = [h - padding + kh * dilation, w - padding + kw * dilation];
            const ci = Math.floor(co / O) * I + i;
            const seen = paddingMode === 'zeros' ? xAt(n, row, column, ci) : xAt(n, mirrored(row, H), mirrored(column, W), ci);
            return [seen, weightAt(co, i, kh, kw)];
          }),
        ),
      );
      expect(value).toBe(chain(numbers, terms));
    }
  });

  /** Gradient of the pixel of the padded maps at (h, w): output positions ascending, then outputs of the group. */
  const chainTo = (n: number, h: number, w: number, ci: number) =>
    chain(
      numbers,
      range(K).flatMap((down) =>
        range(K).flatMap((across) =>
          range(O).map((j): Term => {
            const [kh, kw] = [K - 1 - down, K - 1 - across];
            const co = Math.floor(ci / I) * O + j;
            return [dyAt(n, h + padding - kh * dilation, w + padding - kw * dilation, co), weightAt(co, ci % I, kh, kw)];
          }),
        ),
      ),
    );

  test('input gradient: oh, ow, co of the group', () => {
    const dx = conv2dInputGradient(numbers, convolution, batch, dy, weight);
    for (const n of range(batch))
      for (const h of range(H))
        for (const w of range(W)) for (const ci of range(CI)) expect(dx[((n * H + h) * W + w) * CI + ci]).toBe(chainTo(n, h, w, ci));
  });

  test('input gradient, reflect: rows of the padding ascending, then columns', () => {
    const dx = conv2dInputGradient(numbers, { ...convolution, paddingMode: 'reflect' }, batch, dy, weight);
    const rim = (size: number) => [-2, -1, size, size + 1];
    for (const n of range(batch))
      for (const h of range(H))
        for (const w of range(W))
          for (const ci of range(CI)) {
            const ofColumn = (column: number) =>
              rim(H)
                .filter((row) => mirrored(row, H) === h)
                .reduce((sum, row) => fround(sum + chainTo(n, row, column, ci)), chainTo(n, h, column, ci));
            const whole = rim(W)
              .filter((column) => mirrored(column, W) === w)
              .reduce((sum, column) => fround(sum + ofColumn(column)), ofColumn(w));
            expect(dx[((n * H + h) * W + w) * CI + ci]).toBe(whole);
          }
  });

  test('weight gradient: in a sample group n, oh, ow; the groups in a pair tree', () => {
    const dw = conv2dWeightGradient(numbers, convolution, batch, x, dy);
    for (const co of range(CO))
      for (const i of range(I))
        for (const kh of range(K))
          for (const kw of range(K)) {
            const ofSample = (n: number) =>
              chain(
                numbers,
                range(H).flatMap((h) =>
                  range(W).map((w): Term => {
                    const ci = Math.floor(co / O) * I + i;
                    return [xAt(n, h - padding + kh * dilation, w - padding + kw * dilation, ci), dyAt(n, h, w, co)];
                  }),
                ),
              );
            // Of sixteen groups two have a sample each.
            expect(dw[((co * I + i) * K + kh) * K + kw]).toBe(fround(ofSample(0) + ofSample(1)));
          }
  });
});

test.each([
  { inputs: 32, outputs: 48, groups: 2, apart: 2 },
  { inputs: 30, outputs: 48, groups: 2, apart: 1 },
  { inputs: 6, outputs: 6, groups: 6, apart: 1 },
])('gradient norm of $inputs → $outputs channels in $groups groups: $apart matrices', ({ inputs, outputs, groups, apart }) => {
  const layers = [conv('conv2d.1', inputs), { ...conv('conv2d.2', outputs), groups }, flatten, linear('linear.1')];
  const spec = tinySpec(resolveNetwork(layers as never, [1, 3, 3], 3), { batch: 2 });
  const engine = createReferenceEngine(spec);
  const { squaredGradients } = engine.trainStep({ samples: Uint32Array.of(3, 4), epoch: 1, step: 1, learningRate: 0.1 });
  const dw = engine.readGradients().get('conv2d.2.weight')!;
  const [I, columns] = [inputs / groups, outputs / apart];
  const total = range(apart).reduce((before, matrix) => {
    const at = (row: number, column: number) => dw[((matrix * columns + column) * I + (row % I)) * 9 + Math.floor(row / I)]!;
    return squaredGradient(fused, 9 * I, columns, at, before);
  }, 0);
  expect(squaredGradients[2]).toBe(total);
});
