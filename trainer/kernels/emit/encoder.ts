// WebAssembly's binary format, as much of it as kernels need: instructions go straight into bytes, nothing stands between. What kernels mean
// is the emitter's business. A run encodes some thirty thousand instructions before its first step, so this is made to be quick.
// https://webassembly.github.io/spec/core/binary/ (vectors: instructions with prefix 0xfd)

/** Value types by their code in the format. */
export const TYPES = { i32: 0x7f, v128: 0x7b } as const;

export type ValueType = keyof typeof TYPES;

export const OPS = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  branchIf: 0x0d,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  lessSigned: 0x48,
  lessUnsigned: 0x49,
  atLeastSigned: 0x4e,
  constant: 0x41,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
} as const;

/** Loads and stores; the address lies on the stack, the offset in the instruction. */
export const MEMORY = { loadWord: 0x28, loadFloat: 0x2a, loadByte: 0x2d, storeFloat: 0x38 } as const;

export const VECTOR_MEMORY = { load: 0x00, loadSplat: 0x09, store: 0x0b } as const;

export const VECTOR = {
  constant: 0x0c,
  shuffle: 0x0d,
  splatWord: 0x11,
  wordsAtLeast: 0x40,
  equal: 0x41,
  notEqual: 0x42,
  less: 0x43,
  lessOrEqual: 0x45,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  xor: 0x51,
  select: 0x52,
  shiftLeft: 0xab,
  shiftRight: 0xad,
  addWords: 0xae,
  subtractWords: 0xb1,
  multiplyLow: 0xde,
  multiplyHigh: 0xdf,
  squareRoot: 0xe3,
  add: 0xe4,
  subtract: 0xe5,
  multiply: 0xe6,
  divide: 0xe7,
  pseudoMin: 0xea,
  pseudoMax: 0xeb,
  wordsToFloats: 0xfa,
  relaxedMadd: 0x105,
} as const;

const VECTOR_PREFIX = 0xfd;
/** Of a block that takes nothing and leaves nothing. */
const NO_VALUE = 0x40;

/** Bytes in the order in which they are written, with the format's numbers. */
class Bytes {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  append(values: ArrayLike<number>): void {
    this.#grow(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** LEB128. */
  unsigned(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }

  /** LEB128 of a 32-bit integer; 2^31 and more stand for the negative number of the same bits. */
  signed(value: number): void {
    let rest = value | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) this.byte((rest & 127) | 128);
    this.byte(rest & 127);
  }

  /** Its length, then the bytes. */
  sized(values: Uint8Array): void {
    this.unsigned(values.length);
    this.append(values);
  }

  text(value: string): void {
    this.sized(new TextEncoder().encode(value));
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + by));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/** One function that returns nothing: its locals, and its instructions as they come. Parameters are the locals from 0, all i32. */
export class FunctionCode {
  readonly parameters: number;
  readonly #locals: ValueType[] = [];
  readonly #code = new Bytes();

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  /** A new local, zero at the start. */
  local(type: ValueType): number {
    return this.parameters + this.#locals.push(type) - 1;
  }

  op(op: number): void {
    this.#code.byte(op);
  }

  get(local: number): void {
    this.#code.byte(OPS.get);
    this.#code.unsigned(local);
  }

  set(local: number): void {
    this.#code.byte(OPS.set);
    this.#code.unsigned(local);
  }

  /** Sets and leaves the value on the stack. */
  tee(local: number): void {
    this.#code.byte(OPS.tee);
    this.#code.unsigned(local);
  }

  /** A 32-bit constant on the stack. */
  constant(value: number): void {
    this.#code.byte(OPS.constant);
    this.#code.signed(value);
  }

  /** Opens a `block` or a `loop`, closed by `end`. */
  open(op: number): void {
    this.#code.byte(op);
    this.#code.byte(NO_VALUE);
  }

  /** Leaves the innermost block, or begins the innermost loop again, if the stack says so. */
  branchIf(): void {
    this.#code.byte(OPS.branchIf);
    this.#code.byte(0);
  }

  memory(op: number, offset: number): void {
    this.#code.byte(op);
    this.#place(offset);
  }

  vector(op: number): void {
    this.#code.byte(VECTOR_PREFIX);
    this.#code.unsigned(op);
  }

  vectorMemory(op: number, offset: number): void {
    this.vector(op);
    this.#place(offset);
  }

  /** With sixteen bytes: a constant, or the places of a shuffle. */
  vectorBytes(op: number, bytes: ArrayLike<number>): void {
    this.vector(op);
    this.#code.append(bytes);
  }

  /** Alignment 2^0, which every address has. */
  #place(offset: number): void {
    this.#code.byte(0);
    this.#code.unsigned(offset);
  }

  /** The body: locals in runs of one type, instructions, end. */
  encode(): Uint8Array {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const body = new Bytes();
    body.unsigned(runs.length);
    for (const { type, count } of runs) {
      body.unsigned(count);
      body.byte(TYPES[type]);
    }
    body.append(this.#code.written);
    body.byte(OPS.end);
    return body.written;
  }
}

const SECTIONS = { types: 1, imports: 2, functions: 3, exports: 7, code: 10 } as const;
const KINDS = { function: 0x00, memory: 0x02 } as const;
const FUNCTION_TYPE = 0x60;
/** Limits with a maximum, of a memory that threads share. */
const SHARED = 0x03;

/** A module over one imported shared memory of exactly `pages` pages; exports are named `k0`, `k1`, … in the order of `functions`. */
export function encodeModule(functions: readonly FunctionCode[], memory: { module: string; name: string; pages: number }): Uint8Array {
  const whole = new Bytes();
  const section = (id: number, fill: (content: Bytes) => void): void => {
    const content = new Bytes();
    fill(content);
    whole.byte(id);
    whole.sized(content.written);
  };
  whole.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(SECTIONS.types, (types) => {
    types.unsigned(functions.length);
    for (const { parameters } of functions) {
      types.byte(FUNCTION_TYPE);
      types.sized(new Uint8Array(parameters).fill(TYPES.i32));
      types.unsigned(0);
    }
  });
  section(SECTIONS.imports, (imports) => {
    imports.unsigned(1);
    imports.text(memory.module);
    imports.text(memory.name);
    imports.byte(KINDS.memory);
    imports.byte(SHARED);
    imports.unsigned(memory.pages);
    imports.unsigned(memory.pages);
  });
  section(SECTIONS.functions, (types) => {
    types.unsigned(functions.length);
    for (const index of functions.keys()) types.unsigned(index);
  });
  section(SECTIONS.exports, (exports) => {
    exports.unsigned(functions.length);
    for (const index of functions.keys()) {
      exports.text(`k${index}`);
      exports.byte(KINDS.function);
      exports.unsigned(index);
    }
  });
  section(SECTIONS.code, (code) => {
    code.unsigned(functions.length);
    for (const one of functions) code.sized(one.encode());
  });
  return whole.written;
}
