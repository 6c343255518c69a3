// WebAssembly behind the emitter: 128-bit operations in adjacent pairs, which V8 merges to 256 bits where it may (revectorisation).
// Registers are WebAssembly locals. The format's stack never holds more than the operands of the instruction that follows.
import type { Emitter, Lanes, LaneWidth, Pointer } from './emitter.ts';
import { FunctionCode, MEMORY, OPS, type ValueType, VECTOR, VECTOR_MEMORY } from './encoder.ts';
import type { KernelSource } from './kernels.ts';

/** The number of a local. */
type Local = number;

/** Lanes of this target: one local for each four. */
interface Parts {
  width: LaneWidth;
  parts: Local[];
}

const EVEN_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const ODD_WORDS = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];
const LOW_ZIP = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_ZIP = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

// A pointer is no bare number, which would be a constant.
const pointerOf = (local: Local) => ({ local }) as unknown as Pointer;
const localOf = (pointer: Pointer) => (pointer as unknown as { local: Local }).local;
const partsOf = (lanes: Lanes) => (lanes as unknown as Parts).parts;

/** Locals of one type; what a scope gives back, the next one takes. */
class Registers {
  readonly #code: FunctionCode;
  readonly #type: ValueType;
  readonly #locals: Local[] = [];
  taken = 0;

  constructor(code: FunctionCode, type: ValueType) {
    this.#code = code;
    this.#type = type;
  }

  take(): Local {
    if (this.taken === this.#locals.length) this.#locals.push(this.#code.local(this.#type));
    return this.#locals[this.taken++]!;
  }
}

class WasmEmitter implements Emitter {
  readonly #code: FunctionCode;
  readonly #fused: boolean;
  readonly #pointers: Registers;
  readonly #vectors: Registers;

  readonly add = this.#lanewise(VECTOR.add);
  readonly subtract = this.#lanewise(VECTOR.subtract);
  readonly times = this.#lanewise(VECTOR.multiply);
  readonly divide = this.#lanewise(VECTOR.divide);
  readonly squareRoot = this.#lanewise(VECTOR.squareRoot);
  readonly pseudoMax = this.#lanewise(VECTOR.pseudoMax);
  readonly pseudoMin = this.#lanewise(VECTOR.pseudoMin);
  readonly less = this.#lanewise(VECTOR.less);
  readonly lessOrEqual = this.#lanewise(VECTOR.lessOrEqual);
  readonly equal = this.#lanewise(VECTOR.equal);
  readonly notEqual = this.#lanewise(VECTOR.notEqual);
  readonly and = this.#lanewise(VECTOR.and);
  readonly or = this.#lanewise(VECTOR.or);
  readonly andNot = this.#lanewise(VECTOR.andNot);
  readonly addWords = this.#lanewise(VECTOR.addWords);
  readonly subtractWords = this.#lanewise(VECTOR.subtractWords);
  readonly xor = this.#lanewise(VECTOR.xor);
  readonly atLeastWords = this.#lanewise(VECTOR.wordsAtLeast);
  readonly wordsToFloats = this.#lanewise(VECTOR.wordsToFloats);

  constructor(code: FunctionCode, fused: boolean) {
    this.#code = code;
    this.#fused = fused;
    this.#pointers = new Registers(code, 'i32');
    this.#vectors = new Registers(code, 'v128');
  }

  /** One instruction for each part of the lanes, side by side, so that V8 can merge neighbours. */
  #lanewise(op: number) {
    return (to: Lanes, ...operands: Lanes[]): void =>
      partsOf(to).forEach((part, i) => {
        for (const operand of operands) this.#code.get(partsOf(operand)[i]!);
        this.#code.vector(op);
        this.#code.set(part);
      });
  }

  scope(body: () => void): void {
    const pointers = this.#pointers.taken;
    const vectors = this.#vectors.taken;
    body();
    this.#pointers.taken = pointers;
    this.#vectors.taken = vectors;
  }

  pointer(from: Pointer | number, bytes = 0): Pointer {
    const taken = this.#pointers.take();
    if (typeof from === 'number') this.#code.constant(from + bytes);
    else this.#sum(localOf(from), bytes);
    this.#code.set(taken);
    return pointerOf(taken);
  }

  /** local + bytes on the stack. */
  #sum(local: Local, bytes: number): void {
    this.#code.get(local);
    if (bytes === 0) return;
    this.#code.constant(bytes);
    this.#code.op(OPS.add);
  }

  lanes(width: LaneWidth): Lanes {
    return { width, parts: Array.from({ length: width / 4 }, () => this.#vectors.take()) } as unknown as Lanes;
  }

  step(to: Pointer, bytes: Pointer | number): void {
    if (bytes === 0) return;
    this.#code.get(localOf(to));
    if (typeof bytes === 'number') this.#code.constant(bytes);
    else this.#code.get(localOf(bytes));
    this.#code.op(OPS.add);
    this.#code.set(localOf(to));
  }

  multiply(to: Pointer, from: Pointer, factor: number): void {
    this.#code.get(localOf(from));
    this.#code.constant(factor);
    this.#code.op(OPS.multiply);
    this.#code.set(localOf(to));
  }

  loadByte(to: Pointer, p: Pointer, offset: number): void {
    this.#code.get(localOf(p));
    this.#code.memory(MEMORY.loadByte, offset);
    this.#code.set(localOf(to));
  }

  loadWord(to: Pointer, p: Pointer, offset: number): void {
    this.#code.get(localOf(p));
    this.#code.memory(MEMORY.loadWord, offset);
    this.#code.set(localOf(to));
  }

  copyFloat(to: Pointer, toOffset: number, from: Pointer, fromOffset: number): void {
    this.#code.get(localOf(to));
    this.#code.get(localOf(from));
    this.#code.memory(MEMORY.loadFloat, fromOffset);
    this.#code.memory(MEMORY.storeFloat, toOffset);
  }

  loop(count: Pointer | number, body: () => void): void {
    if (typeof count !== 'number') {
      this.scope(() => this.whileAtLeast(this.pointer(count), 1, body));
    } else if (count === 1) this.scope(body);
    else if (count > 1) {
      this.scope(() => {
        const done = localOf(this.pointer(0));
        this.#code.open(OPS.loop);
        this.scope(body);
        this.#sum(done, 1);
        this.#code.tee(done);
        this.#againIf(OPS.lessUnsigned, count);
      });
    }
  }

  whileAtLeast(count: Pointer, least: number, body: () => void): void {
    const left = localOf(count);
    this.#code.open(OPS.block);
    this.#code.get(left);
    this.#code.constant(least);
    this.#code.op(OPS.lessSigned);
    this.#code.branchIf();
    this.#code.open(OPS.loop);
    this.scope(body);
    this.#sum(left, -least);
    this.#code.tee(left);
    this.#againIf(OPS.atLeastSigned, least);
    this.#code.op(OPS.end);
  }

  /** The end of a loop, which begins again if what lies on the stack compares so with `value`. */
  #againIf(comparison: number, value: number): void {
    this.#code.constant(value);
    this.#code.op(comparison);
    this.#code.branchIf();
    this.#code.op(OPS.end);
  }

  zero(to: Lanes): void {
    this.constant(to, 0);
  }

  constant(to: Lanes, value: number): void {
    const [first, ...rest] = partsOf(to);
    this.#uniform(first!, value);
    for (const part of rest) this.#copy(part, first!);
  }

  uniform(width: LaneWidth, value: number): Lanes {
    const all = this.#vectors.take();
    this.#uniform(all, value);
    return { width, parts: Array.from({ length: width / 4 }, () => all) } as unknown as Lanes;
  }

  #uniform(part: Local, value: number): void {
    this.#code.vectorBytes(VECTOR.constant, new Uint8Array(Float32Array.of(value, value, value, value).buffer));
    this.#code.set(part);
  }

  #copy(to: Local, from: Local): void {
    this.#code.get(from);
    this.#code.set(to);
  }

  copy(to: Lanes, a: Lanes): void {
    partsOf(to).forEach((part, i) => {
      this.#copy(part, partsOf(a)[i]!);
    });
  }

  load(to: Lanes, p: Pointer, offset: number): void {
    partsOf(to).forEach((part, i) => {
      this.#code.get(localOf(p));
      this.#code.vectorMemory(VECTOR_MEMORY.load, offset + 16 * i);
      this.#code.set(part);
    });
  }

  splat(to: Lanes, p: Pointer, offset: number): void {
    const [first, ...rest] = partsOf(to);
    this.#code.get(localOf(p));
    this.#code.vectorMemory(VECTOR_MEMORY.loadSplat, offset);
    this.#code.set(first!);
    for (const part of rest) this.#copy(part, first!);
  }

  store(p: Pointer, offset: number, a: Lanes): void {
    // The upper of two parts first: V8 merges both into one store of 256 bits either way, but the other way round it keeps the lower as well.
    const parts = partsOf(a);
    for (let i = 0; i < parts.length; i++) {
      const part = i % 2 === 0 ? Math.min(i + 1, parts.length - 1) : i - 1;
      this.#code.get(localOf(p));
      this.#code.get(parts[part]!);
      this.#code.vectorMemory(VECTOR_MEMORY.store, offset + 16 * part);
    }
  }

  madd(to: Lanes, a: Lanes, b: Lanes, c: Lanes): void {
    partsOf(to).forEach((part, i) => {
      this.#code.get(partsOf(a)[i]!);
      this.#code.get(partsOf(b)[i]!);
      if (!this.#fused) this.#code.vector(VECTOR.multiply);
      this.#code.get(partsOf(c)[i]!);
      this.#code.vector(this.#fused ? VECTOR.relaxedMadd : VECTOR.add);
      this.#code.set(part);
    });
  }

  select(to: Lanes, mask: Lanes, a: Lanes, b: Lanes): void {
    this.#select(to, a, b, mask);
  }
  /** The format wants the mask last. */
  readonly #select = this.#lanewise(VECTOR.select);

  words(to: Lanes, values: ArrayLike<number>): void {
    const four = new DataView(new ArrayBuffer(16));
    partsOf(to).forEach((part, i) => {
      for (let lane = 0; lane < 4; lane++) four.setUint32(4 * lane, values[(4 * i + lane) % values.length]!, true);
      this.#code.vectorBytes(VECTOR.constant, new Uint8Array(four.buffer));
      this.#code.set(part);
    });
  }

  splatWord(to: Lanes, word: Pointer): void {
    for (const part of partsOf(to)) {
      this.#code.get(localOf(word));
      this.#code.vector(VECTOR.splatWord);
      this.#code.set(part);
    }
  }

  shiftLeft(to: Lanes, a: Lanes, bits: number): void {
    this.#shift(VECTOR.shiftLeft, to, a, bits);
  }

  shiftRight(to: Lanes, a: Lanes, bits: number): void {
    this.#shift(VECTOR.shiftRight, to, a, bits);
  }

  #shift(op: number, to: Lanes, a: Lanes, bits: number): void {
    partsOf(to).forEach((part, i) => {
      this.#code.get(partsOf(a)[i]!);
      this.#code.constant(bits);
      this.#code.vector(op);
      this.#code.set(part);
    });
  }

  multiplyWords(low: Lanes, high: Lanes, a: Lanes, b: Lanes): void {
    this.scope(() => {
      const [front, back] = [this.lanes(4), this.lanes(4)];
      this.#lanewise(VECTOR.multiplyLow)(front, a, b);
      this.#lanewise(VECTOR.multiplyHigh)(back, a, b);
      this.#shuffle(low, EVEN_WORDS, front, back);
      this.#shuffle(high, ODD_WORDS, front, back);
    });
  }

  transpose([r0, r1, r2, r3]: readonly [Lanes, Lanes, Lanes, Lanes]): void {
    this.scope(() => {
      const [a, b, c, d] = [this.lanes(4), this.lanes(4), this.lanes(4), this.lanes(4)];
      this.#shuffle(a, LOW_ZIP, r0, r1);
      this.#shuffle(b, HIGH_ZIP, r0, r1);
      this.#shuffle(c, LOW_ZIP, r2, r3);
      this.#shuffle(d, HIGH_ZIP, r2, r3);
      this.#shuffle(r0, LOW_HALVES, a, c);
      this.#shuffle(r1, HIGH_HALVES, a, c);
      this.#shuffle(r2, LOW_HALVES, b, d);
      this.#shuffle(r3, HIGH_HALVES, b, d);
    });
  }

  /** Byte i of the target is byte `places[i]` of both operands, one behind the other. Width 4. */
  #shuffle(to: Lanes, places: readonly number[], a: Lanes, b: Lanes): void {
    this.#code.get(partsOf(a)[0]!);
    this.#code.get(partsOf(b)[0]!);
    this.#code.vectorBytes(VECTOR.shuffle, places);
    this.#code.set(partsOf(to)[0]!);
  }
}

/** One kernel written down, its parameters the first locals. */
export function kernelCode({ parameters, body }: KernelSource, fused: boolean): FunctionCode {
  const code = new FunctionCode(parameters);
  body(new WasmEmitter(code, fused), ...Array.from({ length: parameters }, (_, i) => pointerOf(i)));
  return code;
}
