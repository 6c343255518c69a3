// What a profile says of a pass: every phase once a thread, in order, and no time where nobody asks.
import { expect, test } from 'vitest';
import { createWasmEngine, type PassProfile } from '../../../trainer/kernels/engine.ts';
import { smallCnn, tinySpec } from '../reference/tiny.ts';
import { samplesOf } from './agree.ts';

test.each([1, 2])('moments of %i threads', (threads) => {
  const spec = tinySpec(smallCnn([3, 10, 10], 5, true), { threads });
  const passes: PassProfile[] = [];
  const engine = createWasmEngine(spec, { profile: (pass) => passes.push(pass) });
  const before = performance.now();
  engine.trainStep({ samples: samplesOf(spec, 1, 8), epoch: 1, step: 1, learningRate: 0.1 });
  engine.evaluate({ part: 'test', samples: samplesOf(spec, 2, 8), statistics: 'running' });
  const after = performance.now();
  engine.dispose();

  expect(passes.map(({ pass }) => pass)).toEqual(['training', 'runningStatistics']);
  for (const { phases, times } of passes) {
    expect(times).toHaveLength(threads * phases.length * 2);
    for (let thread = 0; thread < threads; thread++) {
      const own = [...times.subarray(thread * phases.length * 2, (thread + 1) * phases.length * 2)];
      expect(own).toEqual([...own].sort((a, b) => a - b));
      // The clocks of two threads agree to a fraction of a millisecond.
      expect(own[0]).toBeGreaterThan(before - 1);
      expect(own.at(-1)).toBeLessThan(after + 1);
    }
  }
});
