// The promise the whole record rests on: fifty steps have one fingerprint, whatever the number of threads, the width of the code and its tiles,
// in both arithmetics. The reference, which knows neither threads nor tiles, says which one.
import v8 from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';
import { createWasmEngine } from '../../../trainer/kernels/engine.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { WASM_128, WASM_128_WIDE, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import type { TrainOptions } from '../../../trainer/loop/run.ts';
import { ofType, record } from '../recorded.ts';
import { blocksRecipe } from '../syntheticDataSet.ts';

const targets = { '256 bits, merged': WASM_256, '128 bits': WASM_128, '128 bits, high tiles': WASM_128_WIDE };

const networks = { plain: {}, 'residual blocks': blocksRecipe };

async function fiftySteps(changes: object, engine: NonNullable<TrainOptions['engine']>): Promise<string> {
  const facts = await record({ ...changes, batch: 8, epochs: 10 }, { engine });
  const [completed] = ofType(facts, 'RunCompleted');
  expect(completed?.data.steps).toBe(50);
  return completed!.data.fingerprint;
}

const truths = new Set<string>();

const cases = Object.entries(networks).flatMap(([name, network]) =>
  ['fused', 'strict'].map((arithmetic) => ({ name, arithmetic, network })),
);

describe.each(cases)('$name, $arithmetic', ({ arithmetic, network }) => {
  const changes = { ...network, arithmetic };
  let truth: string;
  beforeAll(async () => {
    truth = await fiftySteps(changes, createReferenceEngine);
    truths.add(truth);
  });

  test.each(Object.entries(targets))('%s, on one to four threads', async (_name, target) => {
    if (!target.merged) v8.setFlagsFromString('--no-experimental-wasm-revectorize');
    for (const threads of [1, 2, 3, 4]) {
      expect(await fiftySteps(changes, (spec) => createWasmEngine(spec, { target, threads })), `${threads} threads`).toBe(truth);
    }
  });
});

test('each network has a fingerprint of its own in each arithmetic', () => {
  expect(truths.size).toBe(4);
});
