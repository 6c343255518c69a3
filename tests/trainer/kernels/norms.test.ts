// Norms with every option: the generated kernels against the reference's loops, byte for byte.
import { describe, expect, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { layerFamilies } from '../../../trainer/layers/index.ts';
import { resolveNetwork, type Shape } from '../../../trainer/network.ts';
import { readItems } from '../../../trainer/recipe/items.ts';
import type { Layer } from '../../../trainer/recipe.ts';
import { averagePool, conv, flatten, gelu, linear, pool, relu, residual, tinySpec } from '../reference/tiny.ts';
import { check, expectSameRuns } from './agree.ts';

const end = [flatten, linear('linear.1')];

describe('batch norm with every option', () => {
  const batchNorm = (settings: object, kind = 'batchNorm2d'): Layer =>
    readItems(layerFamilies, [{ [kind]: { name: 'n', ...settings } }], 'layer', 'network')[0]!;
  test.each<[string, object]>([
    ['eps and momentum', { eps: 0.1, momentum: 0.3 }],
    ['the average over all batches', { momentum: null }],
    ['not affine', { affine: false }],
    ['no running statistics', { trackRunningStats: false }],
    ['none of it', { momentum: null, affine: false, trackRunningStats: false }],
  ])('%s', (_, settings) => {
    const norms = [batchNorm(settings), relu('r'), pool('p')];
    check([conv('conv2d.1', 20), ...norms, ...end], [2, 6, 6], [5, 4, 3]);
    check([flatten, linear('linear.2', 19), batchNorm(settings, 'batchNorm1d'), gelu('g'), linear('linear.1')], [1, 3, 3], [6, 4]);
    check([batchNorm(settings), conv('conv2d.1', 4), ...end], [2, 6, 6], [4]);
  });

  test('the average over all batches goes on from a state', () => {
    const layers = [conv('conv2d.1', 4), batchNorm({ momentum: null }), ...end];
    const spec = tinySpec(resolveNetwork(layers, [2, 6, 6], 3));
    const [before, after, reference] = [createWasmEngine(spec), createWasmEngine(spec), createReferenceEngine(spec)];
    expectSameRuns(before, reference, spec, [5, 4, 3]);
    expect(before.readState().batchNorm.get('n')!.batchesTracked).toBe(3);
    after.writeState(reference.readState());
    expectSameRuns(after, reference, spec, [4, 4]);
  });
});

describe('norms of single samples', () => {
  const grouped = (numGroups: number, affine = true): Layer => ({ kind: 'groupNorm', name: 'n', numGroups, eps: 1e-5, affine });
  const layered = (elementwiseAffine = true, bias = true): Layer => ({ kind: 'layerNorm', name: 'n', eps: 1e-3, elementwiseAffine, bias });
  test.each<{ name: string; layers: Layer[]; input?: Shape }>([
    { name: 'groupNorm alone', layers: [conv('conv2d.2', 6), grouped(3)] },
    { name: 'groupNorm of 20 channels in 2 groups', layers: [conv('conv2d.2', 20), grouped(2)] },
    { name: 'groupNorm, ReLU, max pooling', layers: [conv('conv2d.2', 6), grouped(2), relu('r'), pool('p')] },
    { name: 'groupNorm, ReLU, windows that overlap', layers: [conv('conv2d.2', 6), grouped(2), relu('r'), pool('p', 3, 2)] },
    { name: 'groupNorm, GELU, max pooling', layers: [conv('conv2d.2', 6), grouped(6), gelu('g'), pool('p')] },
    { name: 'groupNorm, GELU, average pooling, a convolution', layers: [grouped(5), gelu('g'), averagePool('a'), conv('conv2d.2', 18)] },
    { name: 'groupNorm without factors', layers: [grouped(1, false), relu('r')] },
    { name: 'groupNorm at the end of a residual block', layers: [residual('b', [conv('conv2d.1', 5), grouped(5)]), relu('r2')] },
    { name: 'layerNorm alone', layers: [layered()], input: [1, 5, 7] },
    { name: 'layerNorm of 20 channels and 400 pixels', layers: [conv('conv2d.2', 20), layered()], input: [1, 20, 20] },
    { name: 'layerNorm between convolutions', layers: [layered(), relu('r'), conv('conv2d.2', 18, 3, 1, 2)] },
    { name: 'layerNorm that a residual block begins with', layers: [residual('b', [layered(), conv('conv2d.1', 5)])] },
    { name: 'layerNorm without factors', layers: [layered(false)] },
    { name: 'layerNorm without addends', layers: [layered(true, false), gelu('g')] },
  ])('$name', ({ layers, input = [3, 8, 8] }) => {
    check([conv('conv2d.1', 5), ...layers, ...end], input, [4, 3, 1]);
  });

  test.each([grouped(19), layered()])('$kind of vectors, and before the first convolution', (norm) => {
    check([flatten, linear('linear.2', 19), norm, relu('r'), linear('linear.1')], [1, 3, 3], [6, 1]);
    check([norm.kind === 'groupNorm' ? { ...norm, numGroups: 2 } : norm, conv('conv2d.1', 5), ...end], [2, 6, 5], [4, 3]);
  });

  test.each([grouped(2), layered()])('$kind: strict, without merging, and more samples than groups', (norm) => {
    const layers = [conv('conv2d.1', 6), norm, relu('r'), pool('p'), ...end];
    const spec = tinySpec(resolveNetwork(layers, [3, 8, 8], 3), { arithmetic: 'strict', batch: 18 });
    expectSameRuns(createWasmEngine(spec), createReferenceEngine(spec), spec, [18, 3]);
    expectSameRuns(createWasmEngine(spec, { merge: false }), createReferenceEngine(spec), spec, [18, 3]);
    const threads = createWasmEngine(spec, { threads: 3 });
    expectSameRuns(threads, createReferenceEngine(spec), spec, [18, 3]);
    threads.dispose();
  });
});
