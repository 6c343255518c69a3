// Whether multiply-add rounds once on this machine, found out by value: V8 leaves it to the hardware.
import { RunledgerError } from '../errors.ts';
import { Arena } from './arena.ts';
import { compileKernels } from './emit/compile.ts';
import { KernelSet } from './emit/kernels.ts';
import { instantiateKernels } from './emit/module.ts';

/** Throws `engine.arithmetic` unless a square less its own rounded value leaves exactly what rounding took from it. */
export function requireFusedMadd(): void {
  const arena = new Arena();
  const kernels = new KernelSet();
  const at = arena.shared(64);
  const kernel = kernels.add('madd', 1, (e, p) => {
    const [a, b, c] = [e.lanes(4), e.lanes(4), e.lanes(4)];
    e.load(a, p, 0);
    e.load(b, p, 16);
    e.load(c, p, 32);
    e.madd(a, a, b, c);
    e.store(p, 48, a);
  });
  const memory = arena.createMemory();
  arena.attach(memory);
  kernels.link(instantiateKernels(compileKernels(kernels.sources, true, memory), memory));
  const { floats } = arena.views;
  const factor = 1 + 1 / 4096;
  floats.fill(factor, at / 4, at / 4 + 8);
  floats.fill(-Math.fround(factor * factor), at / 4 + 8, at / 4 + 12);
  kernel.run(at);
  const lost = factor * factor - Math.fround(factor * factor);
  if (floats.subarray(at / 4 + 12, at / 4 + 16).some((value) => value !== lost)) {
    throw new RunledgerError(
      'engine.arithmetic',
      'this machine has no multiply-add with one rounding, and the recipe says arithmetic: fused',
      {
        help: '--set arithmetic=strict',
      },
    );
  }
}
