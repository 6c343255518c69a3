// Where operations leave their kernels: each is described when the plan is made and callable once all of them have been compiled together.
import { RunledgerError } from '../../errors.ts';
import type { Emitter, Pointer } from './emitter.ts';

export type KernelBody = (e: Emitter, ...parameters: Pointer[]) => void;

/** A compiled kernel; takes addresses and counts. */
export type KernelFunction = (...parameters: number[]) => void;

export interface KernelSource {
  name: string;
  parameters: number;
  body: KernelBody;
}

/** Call through `run`, never a copy of it: it is set when the module is there. */
export interface Kernel {
  run: KernelFunction;
}

export class KernelSet {
  readonly sources: KernelSource[] = [];
  readonly #kernels: Kernel[] = [];
  readonly #byName = new Map<string, Kernel>();

  /** Describes a kernel of `parameters` integers. The same name again is the same kernel. */
  add(name: string, parameters: number, body: KernelBody): Kernel {
    const known = this.#byName.get(name);
    if (known) return known;
    const kernel: Kernel = {
      run() {
        throw new RunledgerError('engine.kernel', `kernel ${name} was called before it was compiled`);
      },
    };
    this.sources.push({ name, parameters, body });
    this.#kernels.push(kernel);
    this.#byName.set(name, kernel);
    return kernel;
  }

  /** Makes every kernel callable; `functions` in the order of `sources`. */
  link(functions: readonly KernelFunction[]): void {
    this.#kernels.forEach((kernel, i) => {
      kernel.run = functions[i]!;
    });
  }
}
