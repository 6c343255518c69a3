// PyTorch as a contender, in each of its settings: one or two threads, the default layout or channels last. Its best setting counts.
import { join } from 'node:path';
import { Child, type ChildOptions } from '../measure/child.ts';
import type { Contender } from '../measure/sampling.ts';
import type { NetworkName } from '../networks.ts';

/** `avx2` holds it to what all machines of the last ten years have. */
export type InstructionSets = 'all' | 'avx2';

const heldToAvx2 = { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', DNNL_MAX_CPU_ISA: 'AVX2' };
// What a machine's owner set to hold a library back would hold PyTorch back too.
const unset = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined, OMP_NUM_THREADS: undefined, MKL_NUM_THREADS: undefined };

// glibc gives memory back to the system and takes it again, page by page, in some processes and in others not: between 4,000 and 7,200 images
// a second from one process to the next. With memory kept, and in large pages, every process is as fast as the luckiest.
const memoryKept = {
  MALLOC_MMAP_THRESHOLD_: '1000000000',
  MALLOC_TRIM_THRESHOLD_: '4000000000',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};

export interface PyTorchTask {
  /** Written out in pytorch.py where it has no `layers`. */
  network: NetworkName;
  /** As tests/parity/graph.py takes them. */
  layers?: object[];
  batch: number;
  mode: 'train' | 'evaluate';
}

/** A number of threads and a memory format, and their process. */
interface Setting {
  threads: number;
  channelsLast: boolean;
  child: Child | null;
}

export class PyTorch {
  readonly instructionSets: InstructionSets;
  readonly #options: ChildOptions;
  /** A process each, which measures nothing else. */
  readonly #settings: readonly Setting[] = [1, 2].flatMap((threads) =>
    [false, true].map((channelsLast) => ({ threads, channelsLast, child: null })),
  );

  constructor(python: string, instructionSets: InstructionSets) {
    this.instructionSets = instructionSets;
    const environment = { ...unset, ...memoryKept, ...(instructionSets === 'avx2' ? heldToAvx2 : {}) };
    this.#options = { command: python, args: [join(import.meta.dirname, '../pytorch.py')], environment };
  }

  /** Loading it takes seconds, so it is started when it is first asked. */
  #childOf(setting: Setting): Child {
    setting.child ??= new Child(this.#options);
    return setting.child;
  }

  /** `2.13.0+cpu AVX512`: its version and the instruction sets it uses; null where it was never asked. */
  async describe(): Promise<string | null> {
    const child = this.#settings.find((setting) => setting.child !== null)?.child;
    if (!child) return null;
    const { version, capability } = await child.ask<{ version: string; capability: string }>({ do: 'describe' });
    return `${version} ${capability}`;
  }

  /** One contender a setting; rates in images a second. */
  settings(task: PyTorchTask): Contender[] {
    const held = this.instructionSets === 'avx2' ? ', AVX2' : '';
    return this.#settings.map((setting): Contender => {
      const { threads, channelsLast } = setting;
      return {
        name: `PyTorch${held}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${channelsLast ? 'channels last' : 'default layout'}`,
        measure: async (seconds) => {
          const request = { do: 'measure', ...task, threads, channelsLast, seconds };
          return (await this.#childOf(setting).ask<{ imagesPerSecond: number }>(request)).imagesPerSecond;
        },
      };
    });
  }

  dispose(): void {
    for (const { child } of this.#settings) child?.dispose();
  }
}
