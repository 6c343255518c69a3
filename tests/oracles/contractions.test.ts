// conv2d and linear against PyTorch. The terms' magnitudes are the same sums over absolute values, in double.
import { describe, test } from 'vitest';
import {
  type Convolution,
  conv2dBiasGradient,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
} from '../../trainer/kernels/reference/conv2d.ts';
import {
  canonicalColumns,
  linearBiasGradient,
  linearForward,
  linearInputGradient,
  linearWeightGradient,
} from '../../trainer/kernels/reference/linear.ts';
import { double } from '../../trainer/numbers/numbers.ts';
import { allNumbers, canonical, expectValues, input, load, magnitudes, mapsOf, stored, type Tensor } from './fixtures.ts';

interface Contraction {
  x: Tensor;
  weight: Tensor;
  bias: Tensor | null;
  dy: Tensor;
  y: Tensor;
  dx: Tensor;
  dweight: Tensor;
  dbias: Tensor | null;
}

interface ConvolutionCase extends Contraction {
  kernel: number;
  stride: number;
  padding: number;
}

describe.each(allNumbers)('$name', (numbers) => {
  test.each(load<ConvolutionCase[]>('conv2d'))('conv2d, kernel $kernel, stride $stride, padding $padding', (fixture) => {
    const { kernel, stride, padding } = fixture;
    const convolution: Convolution = { input: mapsOf(fixture.x), output: mapsOf(fixture.y), kernel, stride, padding };
    const batch = fixture.x.shape[0]!;
    const [x, dy] = [input(numbers, fixture.x), input(numbers, fixture.dy)];
    const weight = canonical(numbers, fixture.weight);
    const bias = fixture.bias === null ? null : canonical(numbers, fixture.bias);
    const [absX, absDy, absWeight] = [magnitudes(x), magnitudes(dy), magnitudes(weight)];
    const absBias = bias === null ? null : magnitudes(bias);
    const taps = kernel * kernel;
    const outputs = batch * convolution.output[1] * convolution.output[2];

    const y = conv2dForward(numbers, convolution, batch, x, weight, bias);
    const ySums = conv2dForward(double, convolution, batch, absX, absWeight, absBias);
    expectValues(numbers, y, stored(fixture.y), taps * convolution.input[0] + 1, ySums);

    const dx = conv2dInputGradient(numbers, convolution, batch, dy, weight);
    const dxSums = conv2dInputGradient(double, convolution, batch, absDy, absWeight);
    expectValues(numbers, dx, stored(fixture.dx), taps * convolution.output[0], dxSums);

    const dweight = conv2dWeightGradient(numbers, convolution, batch, x, dy);
    expectValues(numbers, dweight, fixture.dweight.values, outputs, conv2dWeightGradient(double, convolution, batch, absX, absDy));

    if (fixture.dbias === null) return;
    const dbias = conv2dBiasGradient(numbers, convolution, batch, dy);
    expectValues(numbers, dbias, fixture.dbias.values, outputs, conv2dBiasGradient(double, convolution, batch, absDy));
  });

  test.each(load<Contraction[]>('linear'))('linear, inputs $x.shape', (fixture) => {
    const [batch, O] = fixture.y.shape as [number, number];
    const columns = canonicalColumns(mapsOf(fixture.x));
    const [x, dy] = [input(numbers, fixture.x), input(numbers, fixture.dy)];
    const weight = canonical(numbers, fixture.weight);
    const bias = fixture.bias === null ? null : canonical(numbers, fixture.bias);
    const [absX, absDy, absWeight] = [magnitudes(x), magnitudes(dy), magnitudes(weight)];
    const absBias = bias === null ? null : magnitudes(bias);

    const y = linearForward(numbers, columns, O, batch, x, weight, bias);
    expectValues(numbers, y, fixture.y.values, columns.length + 1, linearForward(double, columns, O, batch, absX, absWeight, absBias));

    const dx = linearInputGradient(numbers, columns, O, batch, dy, weight);
    expectValues(numbers, dx, stored(fixture.dx), O, linearInputGradient(double, columns, O, batch, absDy, absWeight));

    const dweight = linearWeightGradient(numbers, columns, O, batch, x, dy);
    expectValues(numbers, dweight, fixture.dweight.values, batch, linearWeightGradient(double, columns, O, batch, absX, absDy));

    if (fixture.dbias === null) return;
    const dbias = linearBiasGradient(numbers, O, batch, dy);
    expectValues(numbers, dbias, fixture.dbias.values, batch, linearBiasGradient(double, O, batch, absDy));
  });
});
