// Learned parameters in the arena: packed as kernels want them, with their gradients and optimizer slots in the same packing beside them.
// Outside the engine they exist in canonical (PyTorch) order only.
import type { Parameter } from '../network.ts';
import type { Arena } from './arena.ts';
import type { Kernel, KernelSet } from './emit/kernels.ts';
import type { Accumulation } from './optimizers/accumulate.ts';
import type { Averaging } from './optimizers/average.ts';
import type { Moving } from './optimizers/moving.ts';
import { squareLanes } from './optimizers/rule.ts';
import { BLOCK, BLOCK_BYTES, blocksOf } from './plane.ts';

const { fround } = Math;

/** A block without its padding. */
const realLanes = new Float32Array(BLOCK);

/** Sixteen lanes folded by halves, as numbers/folds.ts does it, written out: a step has some hundred blocks. */
function foldBlock(lanes: Float32Array, at: number): number {
  const quarter = (lane: number) =>
    fround(fround(lanes[at + lane]! + lanes[at + lane + 8]!) + fround(lanes[at + lane + 4]! + lanes[at + lane + 12]!));
  return fround(fround(quarter(0) + quarter(2)) + fround(quarter(1) + quarter(3)));
}

/** Rows of one block of the gradient norm. */
const NORM_ROWS = 256;

/** How a parameter lies in memory: one or several matrices of rows (inputs) by columns (outputs), in blocks of 16 columns. */
export interface Packing {
  /** Of all matrices together. */
  rows: number;
  columns: number;
  bytes: number;
  /** Blocks of at most 256 rows: row blocks outer, column blocks inner. */
  blocks: readonly PackedBlock[];
  /** Canonical index of an element. */
  canonical(row: number, column: number): number;
}

export interface PackedBlock {
  /** First row and column; columns count on from matrix to matrix. */
  row: number;
  column: number;
  rows: number;
  /** Columns that are not padding. */
  lanes: number;
  /** In bytes from the parameter's address. */
  offset: number;
}

function blocksWith(rows: number, columns: number, offset: (row: number, column: number, rows: number) => number): PackedBlock[] {
  return Array.from({ length: Math.ceil(rows / NORM_ROWS) }, (_, i) => i * NORM_ROWS).flatMap((row) =>
    Array.from({ length: blocksOf(columns) }, (_, block) => {
      const height = Math.min(NORM_ROWS, rows - row);
      const column = block * BLOCK;
      return { row, column, rows: height, lanes: Math.min(BLOCK, columns - column), offset: offset(row, block, height) * BLOCK_BYTES };
    }),
  );
}

const bytesOf = (rows: number, columns: number) => rows * blocksOf(columns) * BLOCK_BYTES;

/** A vector by channel: one row. */
export function packVector(columns: number): Packing {
  const blocks = blocksWith(1, columns, (_row, block) => block);
  return { rows: 1, columns, bytes: bytesOf(1, columns), blocks, canonical: (_row, column) => column };
}

/** Convolution weights (out, in, taps) as [matrix][out/16][taps · in][16]; `matrices` share the outputs, each with `inputs` of its own. */
export function packConvolution(outputs: number, inputs: number, taps: number, matrices = 1): Packing {
  const rows = taps * inputs;
  const columns = outputs / matrices;
  const bytes = bytesOf(rows, columns);
  const blocks = blocksWith(rows, columns, (row, block) => block * rows + row);
  const matrix = (i: number) => blocks.map((block) => ({ ...block, column: i * columns + block.column, offset: i * bytes + block.offset }));
  return {
    rows,
    columns: outputs,
    bytes: matrices * bytes,
    blocks: Array.from({ length: matrices }, (_, i) => matrix(i)).flat(),
    canonical: (row, column) => (column * inputs + (row % inputs)) * taps + Math.floor(row / inputs),
  };
}

/** A value for each element of maps (channels, pixels) as [channels/16][pixels][16]. */
export function packMaps(channels: number, pixels: number): Packing {
  return {
    rows: pixels,
    columns: channels,
    bytes: bytesOf(pixels, channels),
    blocks: blocksWith(pixels, channels, (row, block) => block * pixels + row),
    canonical: (row, column) => column * pixels + row,
  };
}

/** Linear weights (out, in) as [in/256][out/16][256][16]; `canonicalInput` gives the place of an input in storage order. */
export function packLinear(outputs: number, inputs: number, canonicalInput: (input: number) => number): Packing {
  const columnBlocks = blocksOf(outputs);
  return {
    rows: inputs,
    columns: outputs,
    bytes: bytesOf(inputs, outputs),
    blocks: blocksWith(inputs, outputs, (row, block, height) => row * columnBlocks + block * height),
    canonical: (row, column) => column * inputs + canonicalInput(row),
  };
}

/** What goes on around a move, of all parameters alike. */
export interface Surroundings {
  /** Whether a block is not given to `moving` as soon as its gradient is there. */
  waits: boolean;
  /** Where a step has several batches. */
  accumulation: Accumulation | null;
  /** Where averages are kept. */
  averaging: Averaging | null;
}

export class PackedParameter {
  readonly parameter: Parameter;
  readonly packing: Packing;
  readonly address: number;
  readonly gradient: number;
  readonly moving: Moving;
  /** Of what `moving` keeps beside the parameter. */
  readonly slots: readonly number[];
  readonly #squares: number;
  readonly #arena: Arena;
  /** Takes squares where blocks move later. */
  readonly #takeSquares: Kernel | null;
  readonly #accumulation: Accumulation | null;
  readonly #sums: number;
  readonly #averaging: Averaging | null;
  readonly #bytes: number;
  /** Of the parameter's average, where one is kept. */
  readonly average: number;
  #places: Uint32Array | null = null;

  constructor(
    { arena, kernels }: { arena: Arena; kernels: KernelSet },
    moving: Moving,
    { waits, accumulation, averaging }: Surroundings,
    parameter: Parameter,
    packing: Packing,
  ) {
    const { bytes } = packing;
    this.parameter = parameter;
    this.packing = packing;
    this.address = arena.shared(bytes);
    this.gradient = arena.shared(bytes);
    this.moving = moving;
    this.slots = moving.slots.map(() => arena.shared(bytes));
    this.#squares = arena.shared(packing.blocks.length * BLOCK_BYTES);
    this.#arena = arena;
    this.#accumulation = accumulation;
    this.#sums = accumulation?.sums(bytes) ?? 0;
    this.#averaging = averaging;
    this.#bytes = bytes;
    this.average = averaging === null ? 0 : arena.shared(bytes);
    this.#takeSquares = waits ? kernels.add('squares', 3, squareLanes) : null;
  }

  /**
   * Once a batch's gradient of a block lies there. With the step's last batch its squares are taken, and it moves unless that must wait for other
   * blocks.
   */
  update(block: number): void {
    const { offset, rows } = this.packing.blocks[block]!;
    if (this.#accumulation?.take(this.gradient + offset, this.#sums + offset, rows) === false) return;
    const squares = this.#squares + block * BLOCK_BYTES;
    if (this.#takeSquares === null) this.take(block, squares);
    else this.#takeSquares.run(this.gradient + offset, rows, squares);
  }

  /** Gives a block of the gradient to `moving`; `place` is that of its squares, or of the factor that scales it. */
  take(block: number, place: number): void {
    this.moving.take(this, block, place);
    if (this.moving.orthogonal === null) this.#averageBlock(block);
  }

  /** Moves a block by its orthogonal matrix. */
  move(block: number): void {
    this.moving.orthogonal?.move(this, block);
    this.#averageBlock(block);
  }

  #averageBlock(block: number): void {
    const { offset, rows } = this.packing.blocks[block]!;
    this.#averaging?.take(this.address + offset, this.average + offset, rows);
  }

  /** Exchanges the parameter and its average. */
  swapAverage(): void {
    const { floats } = this.#arena.views;
    const length = this.#bytes / 4;
    const own = floats.slice(this.address / 4, this.address / 4 + length);
    floats.copyWithin(this.address / 4, this.average / 4, this.average / 4 + length);
    floats.set(own, this.average / 4);
  }

  /** Sum of squares of the whole gradient, of the last step. */
  squaredGradient(): number {
    return this.sumOfSquares(this.#squares);
  }

  /** Sum of squares of values of this packing, from a block of lanes for each block of values. */
  sumOfSquares(lanes: number): number {
    const { floats } = this.#arena.views;
    const { blocks } = this.packing;
    let total = 0;
    for (let block = 0; block < blocks.length; block++) {
      const at = (lanes + block * BLOCK_BYTES) / 4;
      const real = blocks[block]!.lanes;
      if (real < BLOCK) {
        for (let lane = 0; lane < BLOCK; lane++) realLanes[lane] = lane < real ? floats[at + lane]! : 0;
        total += foldBlock(realLanes, 0);
      } else total += foldBlock(floats, at);
    }
    return total;
  }

  /** Copies packed values at `address` to canonical order. */
  read(address: number): Float32Array {
    const places = this.#canonicalPlaces();
    const values = new Float32Array(places.length);
    const packed = this.#arena.views.floats.subarray(address / 4);
    for (let i = 0; i < places.length; i++) values[i] = packed[places[i]!]!;
    return values;
  }

  /** Copies canonical values to `address`. */
  write(address: number, values: ArrayLike<number>): void {
    const places = this.#canonicalPlaces();
    const packed = this.#arena.views.floats.subarray(address / 4);
    for (let i = 0; i < places.length; i++) packed[places[i]!] = values[i]!;
  }

  /** Sets all values at `address`, padding included. */
  fill(address: number, value: number): void {
    this.#arena.views.floats.fill(value, address / 4, (address + this.packing.bytes) / 4);
  }

  /** Where each value of the canonical order lies, in floats; worked out once, because every epoch reads all parameters. */
  #canonicalPlaces(): Uint32Array {
    if (this.#places) return this.#places;
    const places = new Uint32Array(this.parameter.count);
    const { blocks, canonical } = this.packing;
    for (const block of blocks) {
      for (let row = 0; row < block.rows; row++) {
        for (let lane = 0; lane < block.lanes; lane++) {
          places[canonical(block.row + row, block.column + lane)] = block.offset / 4 + row * BLOCK + lane;
        }
      }
    }
    this.#places = places;
    return places;
  }
}
