// One planned arena: every address is given out before the first step, in one shared memory of fixed size. Nothing is allocated later.
import { RunledgerError } from '../errors.ts';
import { PAGE_BYTES, type SharedMemory, webAssembly } from './emit/webAssembly.ts';

/** Cache lines, and whole vectors of any target. */
const ALIGNMENT = 128;
const MAXIMUM_BYTES = 65536 * PAGE_BYTES - PAGE_BYTES;

const align = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The arena's memory as arrays; empty until the arena is complete. */
export interface Views {
  floats: Float32Array;
  words: Uint32Array;
  bytes: Uint8Array;
}

export class Arena {
  readonly views: Views = { floats: new Float32Array(), words: new Uint32Array(), bytes: new Uint8Array() };
  readonly #threads: number;
  readonly #thread: number;
  /** The first line stays free, so that no buffer lies at address 0. */
  #end = ALIGNMENT;

  /** Every thread of a team plans the same arena; only the scratch it is given differs. */
  constructor(threads = 1, thread = 0) {
    this.#threads = threads;
    this.#thread = thread;
  }

  /** Whether this is the plan of the thread that leads the team. */
  get leads(): boolean {
    return this.#thread === 0;
  }

  /** Address of `bytes` bytes that all threads share, zero at the start. A line of slack follows, for vectors that run past the end. */
  shared(bytes: number): number {
    const address = this.#end;
    this.#end += align(bytes) + ALIGNMENT;
    return address;
  }

  /** Address of `bytes` bytes of this thread's own. */
  scratch(bytes: number): number {
    const size = align(bytes) + ALIGNMENT;
    const address = this.#end + this.#thread * size;
    this.#end += this.#threads * size;
    return address;
  }

  /** Of everything asked for so far, in whole pages of memory. */
  get bytes(): number {
    return Math.ceil(this.#end / PAGE_BYTES) * PAGE_BYTES;
  }

  /** The memory for everything asked for. */
  createMemory(): SharedMemory {
    if (this.#end > MAXIMUM_BYTES) {
      throw new RunledgerError('engine.memory', `the network needs ${Math.ceil(this.#end / 1048576)} MiB, more than 4 GiB`, {
        help: '--set batch=<a smaller number>',
      });
    }
    const pages = this.bytes / PAGE_BYTES;
    return new webAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  }

  /** Fills in `views`; the memory is this thread's or one that another thread made from the same plan. */
  attach(memory: SharedMemory): void {
    this.views.floats = new Float32Array(memory.buffer);
    this.views.words = new Uint32Array(memory.buffer);
    this.views.bytes = new Uint8Array(memory.buffer);
  }
}
