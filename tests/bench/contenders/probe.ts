// What the machine can give: the register-only multiply-add loop of the same engine, on one core or on two at once.
import { createPeakProbe } from '../../../trainer/kernels/peak.ts';
import type { Contender } from '../measure/sampling.ts';

/** Rate in GFLOP/s: the best of the short loops within a sample. */
export function probeContender(threads: number): Contender {
  const probe = createPeakProbe(threads);
  return {
    name: `probe, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    measure(seconds) {
      let best = 0;
      for (const end = performance.now() + seconds * 1000; performance.now() < end; ) best = Math.max(best, probe.sample());
      return best;
    },
    dispose: () => probe.dispose(),
  };
}
