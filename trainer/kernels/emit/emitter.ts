// What a kernel is written against: registers of float lanes, pointers, counted loops. The target (today WebAssembly) stands behind it
// in one file, so the mathematics of a kernel is written once. All lengths and offsets are in bytes, all lanes binary32.

declare const pointerBrand: unique symbol;
declare const lanesBrand: unique symbol;

/** An integer register: an address in the arena, or a count known when the kernel is called. */
export interface Pointer {
  readonly [pointerBrand]: true;
}

/** A register of 4, 8 or 16 float lanes. Wide ones are several machine registers, worked on side by side. */
export interface Lanes {
  readonly [lanesBrand]: true;
  readonly width: LaneWidth;
}

export type LaneWidth = 4 | 8 | 16;

export interface Emitter {
  // Registers live until the end of the scope that took them. Values that cross a loop must be taken outside of it.

  /** Runs `body`, then gives back the registers it took. */
  scope(body: () => void): void;
  /** A new pointer, `from + bytes`; a number alone is a constant. */
  pointer(from: Pointer | number, bytes?: number): Pointer;
  lanes(width: LaneWidth): Lanes;
  /** A register of its own that holds `value` in all lanes; never a target. Costs one machine register at most, however wide. */
  uniform(width: LaneWidth, value: number): Lanes;

  // Pointers.

  /** to += bytes. */
  step(to: Pointer, bytes: Pointer | number): void;
  /** to = from · factor. */
  multiply(to: Pointer, from: Pointer, factor: number): void;
  /** The byte, or the 32-bit word, at `p + offset`. */
  loadByte(to: Pointer, p: Pointer, offset: number): void;
  loadWord(to: Pointer, p: Pointer, offset: number): void;
  /** Copies one float. */
  copyFloat(to: Pointer, toOffset: number, from: Pointer, fromOffset: number): void;

  // Control. Counts that are numbers are at least 1 or the body is left out; one alone needs no loop.

  /** `body` `count` times; a run-time count of 0 or less runs it not at all. */
  loop(count: Pointer | number, body: () => void): void;
  /** While `count` ≥ `least`: `body`, then count −= least. */
  whileAtLeast(count: Pointer, least: number, body: () => void): void;

  // Lanes, three-address: the target register first. Targets may be one of the sources.

  zero(to: Lanes): void;
  constant(to: Lanes, value: number): void;
  copy(to: Lanes, a: Lanes): void;
  load(to: Lanes, p: Pointer, offset: number): void;
  /** All lanes from one float. */
  splat(to: Lanes, p: Pointer, offset: number): void;
  store(p: Pointer, offset: number, a: Lanes): void;
  add(to: Lanes, a: Lanes, b: Lanes): void;
  subtract(to: Lanes, a: Lanes, b: Lanes): void;
  times(to: Lanes, a: Lanes, b: Lanes): void;
  divide(to: Lanes, a: Lanes, b: Lanes): void;
  squareRoot(to: Lanes, a: Lanes): void;
  /** a·b + c in the recipe's arithmetic: one rounding or two. */
  madd(to: Lanes, a: Lanes, b: Lanes, c: Lanes): void;
  /** a < b ? b : a; so NaN in `a` passes, NaN in `b` vanishes. */
  pseudoMax(to: Lanes, a: Lanes, b: Lanes): void;
  /** b < a ? b : a; so NaN in `a` passes. */
  pseudoMin(to: Lanes, a: Lanes, b: Lanes): void;

  // Masks: all bits of a lane set or none.

  less(to: Lanes, a: Lanes, b: Lanes): void;
  lessOrEqual(to: Lanes, a: Lanes, b: Lanes): void;
  equal(to: Lanes, a: Lanes, b: Lanes): void;
  notEqual(to: Lanes, a: Lanes, b: Lanes): void;
  and(to: Lanes, a: Lanes, b: Lanes): void;
  or(to: Lanes, a: Lanes, b: Lanes): void;
  /** a and not b. */
  andNot(to: Lanes, a: Lanes, b: Lanes): void;
  /** mask ? a : b. */
  select(to: Lanes, mask: Lanes, a: Lanes, b: Lanes): void;

  // Lanes as 32-bit words, for exp, log and Philox.

  /** Lane i gets values[i mod values.length]. */
  words(to: Lanes, values: ArrayLike<number>): void;
  splatWord(to: Lanes, word: Pointer): void;
  addWords(to: Lanes, a: Lanes, b: Lanes): void;
  subtractWords(to: Lanes, a: Lanes, b: Lanes): void;
  xor(to: Lanes, a: Lanes, b: Lanes): void;
  shiftLeft(to: Lanes, a: Lanes, bits: number): void;
  /** Fills with zeros. */
  shiftRight(to: Lanes, a: Lanes, bits: number): void;
  /** Unsigned a ≥ b, as a mask. */
  atLeastWords(to: Lanes, a: Lanes, b: Lanes): void;
  /** Low and high word of the unsigned product, lane by lane. Width 4. */
  multiplyWords(low: Lanes, high: Lanes, a: Lanes, b: Lanes): void;
  wordsToFloats(to: Lanes, a: Lanes): void;

  /** Lane 0 of rows 0 … 3 becomes row 0, lane 1 row 1, and so on. Four registers of width 4, in place. */
  transpose(rows: readonly [Lanes, Lanes, Lanes, Lanes]): void;
}
