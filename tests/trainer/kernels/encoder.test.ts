// The encoder where the format's numbers change their length, and registers that outlive the kernels' usual number. What instructions compute
// is the kernels' tests' affair.
import { expect, test } from 'vitest';
import { Arena } from '../../../trainer/kernels/arena.ts';
import { compileKernels } from '../../../trainer/kernels/emit/compile.ts';
import type { KernelBody } from '../../../trainer/kernels/emit/kernels.ts';
import { instantiateKernels } from '../../../trainer/kernels/emit/module.ts';

/** Runs one kernel with the address of `bytes` bytes and gives them as words. */
function wordsAfter(bytes: number, body: KernelBody): number[] {
  const arena = new Arena();
  const at = arena.shared(bytes);
  const memory = arena.createMemory();
  arena.attach(memory);
  const [run] = instantiateKernels(compileKernels([{ name: 'test', parameters: 1, body }], false, memory), memory);
  run!(at);
  return [...arena.views.words.subarray(at / 4, at / 4 + bytes / 4)];
}

const edges = [0, 1, 63, 64, 127, 128, 8191, 8192, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

test('constants keep their bits, whatever number of bytes they take', () => {
  const values = edges.flatMap((value) => [value, -value]);
  const words = wordsAfter(16 * values.length, (e, p) => {
    const lanes = e.lanes(4);
    values.forEach((value, i) => {
      e.splatWord(lanes, e.pointer(value));
      e.store(p, 16 * i, lanes);
    });
  });
  expect(words).toEqual(values.flatMap((value) => Array(4).fill(value >>> 0)));
});

test('offsets reach where they say', () => {
  const offsets = [0, 112, 128, 16368, 16384, 70000];
  const words = wordsAfter(80000, (e, p) => {
    const lanes = e.lanes(4);
    offsets.forEach((offset, i) => {
      e.words(lanes, [i + 1]);
      e.store(p, offset, lanes);
    });
  });
  expect(offsets.map((offset) => words[offset / 4])).toEqual(offsets.map((_, i) => i + 1));
});

test('a kernel may hold more registers than one byte can number, and scopes give them back', () => {
  const words = wordsAfter(16, (e, p) => {
    const many = Array.from({ length: 200 }, () => e.lanes(4));
    many.forEach((lanes, i) => {
      e.scope(() => {
        e.words(e.lanes(4), [99]);
        e.splatWord(lanes, e.pointer(i));
      });
    });
    const sum = e.lanes(4);
    e.words(sum, [0]);
    for (const lanes of many) e.addWords(sum, sum, lanes);
    e.store(p, 0, sum);
  });
  expect(words).toEqual(Array(4).fill((199 * 200) / 2));
});

test('a run-time count of 0 leaves a loop out, a constant one is counted exactly', () => {
  const words = wordsAfter(32, (e, p) => {
    const [never, often, one] = [e.lanes(4), e.lanes(4), e.lanes(4)];
    e.words(one, [1]);
    e.words(never, [0]);
    e.words(often, [0]);
    e.loop(e.pointer(0), () => e.addWords(never, never, one));
    e.loop(300, () => e.addWords(often, often, one));
    e.store(p, 0, never);
    e.store(p, 16, often);
  });
  expect(words).toEqual([0, 0, 0, 0, 300, 300, 300, 300]);
});
