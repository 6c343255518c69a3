// What a helper thread of the peak probe runs: the same loops over the leader's memory and compiled code.
import { PLACES } from '../threads/board.ts';
import { awaitStart, report, serve } from '../threads/helper.ts';
import { instantiateKernels } from './emit/module.ts';
import { NUMBER_BYTES, type PeakHelperData, planPeak } from './peakLoops.ts';

const { data, thread, port } = await awaitStart<PeakHelperData>();
const { threads, memory, compiled } = data;
const { arena, kernels, numbers, board, programs } = planPeak(threads, thread);
const words = new Int32Array(memory.buffer, board);
try {
  arena.attach(memory);
  kernels.link(instantiateKernels(compiled, memory));
  arena.views.floats.fill(0.5, numbers / 4, (numbers + NUMBER_BYTES) / 4);
  serve(words, threads, thread, port, programs, new Uint32Array());
} catch (error) {
  report(port, error);
  Atomics.store(words, PLACES.failed, 1);
}
