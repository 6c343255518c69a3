// WebAssembly behind the emitter: 128-bit operations in adjacent pairs, which V8 merges to 256 bits where it may (revectorisation).
// The only file that imports the encoder. Registers are WebAssembly locals, declared up front because the encoder wants it so.
import {
  block,
  br_if,
  f32,
  f32x4,
  func,
  i8x16,
  i32,
  i32x4,
  i64x2,
  importMemory,
  type Local,
  local,
  loop,
  Module,
  type Type,
  type ValueType,
  v128,
} from 'wasmati';
import { RunledgerError } from '../../errors.ts';
import type { Emitter, Lanes, LaneWidth, Pointer } from './emitter.ts';
import type { KernelFunction, KernelSource } from './kernels.ts';
import { PAGE_BYTES, type SharedMemory, type WebAssemblyModule, webAssembly } from './webAssembly.ts';

const POINTERS = 40;
const VECTORS = 128;

type Int = Local<'i32'>;
type Vector = Local<'v128'>;

/** Lanes of this target: one local for each four. */
interface Parts {
  width: LaneWidth;
  parts: Vector[];
}

const EVEN_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
const ODD_WORDS = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];
const LOW_ZIP = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH_ZIP = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/** The encoder refuses words of 2^31 and more, so they go in as bytes. */
const wordBytes = (word: number) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, (word >>> 24) & 255];

const intOf = (pointer: Pointer) => pointer as unknown as Int;
const partsOf = (lanes: Lanes) => (lanes as unknown as Parts).parts;

// Instructions on lanes: one a part, side by side, so that V8 can merge neighbours.

const unary = (emit: (x: Vector) => unknown) => (to: Lanes, a: Lanes) =>
  partsOf(to).forEach((part, i) => {
    emit(partsOf(a)[i]!);
    local.set(part);
  });

const binary = (emit: (x: Vector, y: Vector) => unknown) => (to: Lanes, a: Lanes, b: Lanes) =>
  partsOf(to).forEach((part, i) => {
    emit(partsOf(a)[i]!, partsOf(b)[i]!);
    local.set(part);
  });

const ternary = (emit: (x: Vector, y: Vector, z: Vector) => unknown) => (to: Lanes, a: Lanes, b: Lanes, c: Lanes) =>
  partsOf(to).forEach((part, i) => {
    emit(partsOf(a)[i]!, partsOf(b)[i]!, partsOf(c)[i]!);
    local.set(part);
  });

class WasmEmitter implements Emitter {
  readonly #ints: Int[];
  readonly #vectors: Vector[];
  #intsTaken = 0;
  #vectorsTaken = 0;

  // One instruction for each part.
  readonly copy = unary(local.get);
  readonly add = binary(f32x4.add);
  readonly subtract = binary(f32x4.sub);
  readonly times = binary(f32x4.mul);
  readonly divide = binary(f32x4.div);
  readonly squareRoot = unary(f32x4.sqrt);
  readonly pseudoMax = binary(f32x4.pmax);
  readonly pseudoMin = binary(f32x4.pmin);
  readonly less = binary(f32x4.lt);
  readonly lessOrEqual = binary(f32x4.le);
  readonly equal = binary(f32x4.eq);
  readonly notEqual = binary(f32x4.ne);
  readonly and = binary(v128.and);
  readonly or = binary(v128.or);
  readonly andNot = binary(v128.andnot);
  readonly addWords = binary(i32x4.add);
  readonly subtractWords = binary(i32x4.sub);
  readonly xor = binary(v128.xor);
  readonly atLeastWords = binary(i32x4.ge_u);
  readonly wordsToFloats = unary(f32x4.convert_i32x4_s);
  readonly select = ternary((mask, x, y) => v128.bitselect(x, y, mask));
  /** Two roundings or one. */
  readonly madd: Emitter['madd'];

  constructor(fused: boolean, ints: Int[], vectors: Vector[]) {
    this.madd = ternary(fused ? (x, y, z) => f32x4.relaxed_madd(x, y, z) : (x, y, z) => f32x4.add(f32x4.mul(x, y), z));
    this.#ints = ints;
    this.#vectors = vectors;
  }

  scope(body: () => void): void {
    const ints = this.#intsTaken;
    const vectors = this.#vectorsTaken;
    body();
    this.#intsTaken = ints;
    this.#vectorsTaken = vectors;
  }

  #int(): Int {
    const taken = this.#ints[this.#intsTaken++];
    if (!taken) throw new RunledgerError('engine.registers', `a kernel needs more than ${POINTERS} pointers`);
    return taken;
  }

  #vector(): Vector {
    const taken = this.#vectors[this.#vectorsTaken++];
    if (!taken) throw new RunledgerError('engine.registers', `a kernel needs more than ${VECTORS} vectors`);
    return taken;
  }

  pointer(from: Pointer | number, bytes = 0): Pointer {
    const taken = this.#int();
    if (typeof from === 'number') local.set(taken, i32.const(from + bytes));
    else if (bytes === 0) local.set(taken, intOf(from));
    else local.set(taken, i32.add(intOf(from), bytes));
    return taken as unknown as Pointer;
  }

  lanes(width: LaneWidth): Lanes {
    return { width, parts: Array.from({ length: width / 4 }, () => this.#vector()) } as unknown as Lanes;
  }

  uniform(width: LaneWidth, value: number): Lanes {
    const all = this.#vector();
    local.set(all, v128.const('f32x4', [value, value, value, value]));
    return { width, parts: Array.from({ length: width / 4 }, () => all) } as unknown as Lanes;
  }

  step(to: Pointer, bytes: Pointer | number): void {
    if (typeof bytes !== 'number') local.set(intOf(to), i32.add(intOf(to), intOf(bytes)));
    else if (bytes !== 0) local.set(intOf(to), i32.add(intOf(to), bytes));
  }

  multiply(to: Pointer, from: Pointer, factor: number): void {
    local.set(intOf(to), i32.mul(intOf(from), factor));
  }

  loadByte(to: Pointer, p: Pointer, offset: number): void {
    local.set(intOf(to), i32.load8_u({ offset }, intOf(p)));
  }

  loadWord(to: Pointer, p: Pointer, offset: number): void {
    local.set(intOf(to), i32.load({ offset }, intOf(p)));
  }

  copyFloat(to: Pointer, toOffset: number, from: Pointer, fromOffset: number): void {
    f32.store({ offset: toOffset }, intOf(to), f32.load({ offset: fromOffset }, intOf(from)));
  }

  loop(count: Pointer | number, body: () => void): void {
    if (typeof count !== 'number') {
      this.scope(() => {
        const left = this.pointer(count);
        this.whileAtLeast(left, 1, body);
      });
    } else if (count === 1) this.scope(body);
    else if (count > 1) {
      this.scope(() => {
        const done = this.#int();
        local.set(done, i32.const(0));
        loop({}, () => {
          this.scope(body);
          local.tee(done, i32.add(done, 1));
          i32.const(count);
          i32.lt_u();
          br_if(0);
        });
      });
    }
  }

  whileAtLeast(count: Pointer, least: number, body: () => void): void {
    const left = intOf(count);
    block({}, () => {
      i32.lt_s(left, least);
      br_if(0);
      loop({}, () => {
        this.scope(body);
        local.tee(left, i32.sub(left, least));
        i32.const(least);
        i32.ge_s();
        br_if(0);
      });
    });
  }

  zero(to: Lanes): void {
    this.constant(to, 0);
  }

  constant(to: Lanes, value: number): void {
    const [first, ...rest] = partsOf(to);
    local.set(first!, v128.const('f32x4', [value, value, value, value]));
    for (const part of rest) local.set(part, first!);
  }

  load(to: Lanes, p: Pointer, offset: number): void {
    partsOf(to).forEach((part, i) => {
      local.set(part, v128.load({ offset: offset + 16 * i }, intOf(p)));
    });
  }

  splat(to: Lanes, p: Pointer, offset: number): void {
    const [first, ...rest] = partsOf(to);
    local.set(first!, v128.load32_splat({ offset }, intOf(p)));
    for (const part of rest) local.set(part, first!);
  }

  store(p: Pointer, offset: number, a: Lanes): void {
    // The upper of two parts first: V8 merges both into one store of 256 bits either way, but the other way round it keeps the lower as well.
    const parts = partsOf(a);
    for (let i = 0; i < parts.length; i += 2) {
      for (const part of i + 1 < parts.length ? [i + 1, i] : [i]) v128.store({ offset: offset + 16 * part }, intOf(p), parts[part]!);
    }
  }

  words(to: Lanes, values: readonly number[]): void {
    partsOf(to).forEach((part, i) => {
      const four = [0, 1, 2, 3].flatMap((lane) => wordBytes(values[(4 * i + lane) % values.length]!));
      v128.const('i8x16', four as Parameters<typeof v128.const<'i8x16'>>[1]);
      local.set(part);
    });
  }

  splatWord(to: Lanes, word: Pointer): void {
    for (const part of partsOf(to)) local.set(part, i32x4.splat(intOf(word)));
  }

  shiftLeft(to: Lanes, a: Lanes, bits: number): void {
    unary((x) => i32x4.shl(x, bits))(to, a);
  }

  shiftRight(to: Lanes, a: Lanes, bits: number): void {
    unary((x) => i32x4.shr_u(x, bits))(to, a);
  }

  multiplyWords(low: Lanes, high: Lanes, a: Lanes, b: Lanes): void {
    const [x, y] = [partsOf(a)[0]!, partsOf(b)[0]!];
    this.scope(() => {
      const front = this.#vector();
      const back = this.#vector();
      local.set(front, i64x2.extmul_low_i32x4_u(x, y));
      local.set(back, i64x2.extmul_high_i32x4_u(x, y));
      local.set(partsOf(low)[0]!, i8x16.shuffle(EVEN_WORDS, front, back));
      local.set(partsOf(high)[0]!, i8x16.shuffle(ODD_WORDS, front, back));
    });
  }

  transpose(rows: readonly [Lanes, Lanes, Lanes, Lanes]): void {
    const [r0, r1, r2, r3] = rows.map((row) => partsOf(row)[0]!) as [Vector, Vector, Vector, Vector];
    this.scope(() => {
      const [a, b, c, d] = [this.#vector(), this.#vector(), this.#vector(), this.#vector()];
      local.set(a, i8x16.shuffle(LOW_ZIP, r0, r1));
      local.set(b, i8x16.shuffle(HIGH_ZIP, r0, r1));
      local.set(c, i8x16.shuffle(LOW_ZIP, r2, r3));
      local.set(d, i8x16.shuffle(HIGH_ZIP, r2, r3));
      local.set(r0, i8x16.shuffle(LOW_HALVES, a, c));
      local.set(r1, i8x16.shuffle(HIGH_HALVES, a, c));
      local.set(r2, i8x16.shuffle(LOW_HALVES, b, d));
      local.set(r3, i8x16.shuffle(HIGH_HALVES, b, d));
    });
  }
}

function encode(source: KernelSource, fused: boolean) {
  const signature = {
    in: Array.from({ length: source.parameters }, (): Type<ValueType> => i32),
    locals: [...Array.from({ length: POINTERS }, () => i32), ...Array.from({ length: VECTORS }, () => v128)] as Type<ValueType>[],
    out: [],
  };
  return func(signature as Parameters<typeof func>[0], (parameters, locals) => {
    const ints = locals.slice(0, POINTERS) as unknown as Int[];
    const vectors = locals.slice(POINTERS) as unknown as Vector[];
    source.body(new WasmEmitter(fused, ints, vectors), ...(parameters as unknown as Pointer[]));
  });
}

/** A compiled module for each kernel and the name under which they import their memory; can be sent to workers. */
export interface CompiledKernels {
  modules: readonly WebAssemblyModule[];
  memoryName: readonly [module: string, name: string];
}

/** Encodes each kernel as a module of its own, because the encoder spreads a module's bytes over the stack and a large one overflows it. */
export function compileKernels(sources: readonly KernelSource[], fused: boolean, memory: SharedMemory): CompiledKernels {
  const pages = memory.buffer.byteLength / PAGE_BYTES;
  const imported = importMemory({ min: pages, max: pages, shared: true }, memory as never);
  const encoded = sources.map((source) => Module({ memory: imported, exports: { kernel: encode(source, fused) } }));
  const [moduleName, names] = Object.entries((encoded[0]?.importMap ?? {}) as Record<string, Record<string, unknown>>)[0] ?? ['', {}];
  return {
    modules: encoded.map((module) => new webAssembly.Module(module.toBytes())),
    memoryName: [moduleName, Object.keys(names)[0] ?? ''],
  };
}

/** The kernels over one memory, in the order of their sources. */
export function instantiateKernels({ modules, memoryName: [moduleName, name] }: CompiledKernels, memory: SharedMemory): KernelFunction[] {
  return modules.map((module) => new webAssembly.Instance(module, { [moduleName]: { [name]: memory } }).exports.kernel as KernelFunction);
}
