// Teams of one, two and three threads: chunks are dealt differently, and every byte is the same. Errors of a helper reach the caller.
import { describe, expect, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { resolveNetwork } from '../../../trainer/network.ts';
import { flatten, linear, norm, smallCnn, tinySpec } from '../reference/tiny.ts';
import { expectSameRuns } from './agree.ts';

describe.each([2, 3])('%i threads', (threads) => {
  test.each([true, false])('give the bytes of one (batch norm %s)', (batchNorm) => {
    const spec = tinySpec(smallCnn([3, 10, 10], 5, batchNorm), { augment: [{ kind: 'randomCrop', name: 'randomCrop.1', padding: 2 }] });
    const team = createWasmEngine({ ...spec, threads });
    expectSameRuns(team, createWasmEngine(spec), spec, [16, 16, 1, 16, 7]);
    team.dispose();
  });
});

test('an error inside a step reaches the caller, whoever ran into it, and the team goes on', () => {
  const spec = tinySpec(resolveNetwork([flatten, linear('l', 4), norm('n'), linear('l2')], [1, 3, 3], 3), { threads: 3 });
  const team = createWasmEngine(spec);
  const step = (count: number) =>
    team.trainStep({ samples: Uint32Array.from({ length: count }, (_, i) => i), epoch: 1, step: 1, learningRate: 0.1 });
  for (let i = 0; i < 5; i++) expect(() => step(1)).toThrow(/n has one value per channel/);
  expect(step(5).losses.every(Number.isFinite)).toBe(true);
  team.dispose();
});
