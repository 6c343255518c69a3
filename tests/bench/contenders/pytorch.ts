// PyTorch as a contender, in each of its settings: one or two threads, the default layout or channels last. Its best setting counts.
import { join } from 'node:path';
import { Child, type ChildOptions } from '../measure/child.ts';
import type { Contender } from '../measure/sampling.ts';

/** `avx2` holds it to what all machines of the last ten years have. */
export type InstructionSets = 'all' | 'avx2';

const heldToAvx2 = { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', DNNL_MAX_CPU_ISA: 'AVX2' };
// What a machine's owner set to hold a library back would hold PyTorch back too.
const unset = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, OMP_NUM_THREADS: undefined, MKL_NUM_THREADS: undefined };

export interface PyTorchTask {
  network: 'seed' | 'mnist';
  batch: number;
  mode: 'train' | 'evaluate';
}

export class PyTorch {
  readonly instructionSets: InstructionSets;
  readonly #options: ChildOptions;
  #started: Child | null = null;

  constructor(python: string, instructionSets: InstructionSets) {
    this.instructionSets = instructionSets;
    const environment = { ...unset, ...(instructionSets === 'avx2' ? heldToAvx2 : {}) };
    this.#options = { command: python, args: [join(import.meta.dirname, '../pytorch.py')], environment };
  }

  /** Loading it takes seconds, so it is started when it is first asked. */
  get #child(): Child {
    this.#started ??= new Child(this.#options);
    return this.#started;
  }

  /** `2.13.0+cpu AVX512`: its version and the instruction sets it uses; null where it was never asked. */
  async describe(): Promise<string | null> {
    if (this.#started === null) return null;
    const { version, capability } = await this.#child.ask<{ version: string; capability: string }>({ do: 'describe' });
    return `${version} ${capability}`;
  }

  /** One contender a setting; rates in images a second. */
  settings(task: PyTorchTask): Contender[] {
    const held = this.instructionSets === 'avx2' ? ', AVX2' : '';
    return [1, 2].flatMap((threads) =>
      [false, true].map((channelsLast): Contender => {
        const name = `PyTorch${held}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${channelsLast ? 'channels last' : 'default layout'}`;
        return {
          name,
          measure: async (seconds) => {
            const request = { do: 'measure', ...task, threads, channelsLast, seconds };
            return (await this.#child.ask<{ imagesPerSecond: number }>(request)).imagesPerSecond;
          },
        };
      }),
    );
  }

  dispose(): void {
    this.#started?.dispose();
  }
}
