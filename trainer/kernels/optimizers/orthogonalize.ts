// The Newton-Schulz iteration of Muon on one matrix in the arena (docs/numerics.md). The matrix lies as parameters do, a row for what one
// output takes and a column an output: Z (rows, columns). With X (m, n), m ≤ n, the iteration takes A = X Xᵀ, B = b A + c A A, X = a X + B X; X is Z
// or its transpose. A and B are symmetric to the bit, so half of them is worked out, and a transpose of Z is needed only where it has more columns than rows.
import type { Muon } from '../../optimizers/muon.ts';
import type { Arena } from '../arena.ts';
import type { KernelSet } from '../emit/kernels.ts';
import { BLOCK_BYTES, blocksOf, padded } from '../plane.ts';
import type { Target } from '../tiles.ts';
import { type ProductStrip, productName, productStrip, STRIP, scaleStrip, turnStrip } from './product.ts';

/** One part of the iteration: chunks may run in any order. */
export interface Part {
  name: string;
  chunks: number;
  run(chunk: number): void;
}

export interface OrthogonalMatrix {
  /** Where Z is written before, and read after the iteration. */
  before: number;
  after: number;
  rowBytes: number;
  /** Of the factor that makes the norm of Z 1. */
  factor: number;
  /** In order, each after all of the one before. */
  parts: readonly Part[];
}

/** Bytes from row to row: an odd number of lines, so that rows do not fall on the same lines of a cache. */
const rowBytesOf = (columns: number) => (blocksOf(columns) | 1) * BLOCK_BYTES;

export interface Workshop {
  arena: Arena;
  kernels: KernelSet;
  target: Target;
}

/** Plans the iteration for a matrix of `rows` × `columns`. */
export function planOrthogonal({ arena, kernels, target }: Workshop, settings: Muon, rows: number, columns: number): OrthogonalMatrix {
  const [a, b, c] = settings.nsCoefficients;
  const turns = columns > rows;
  const m = Math.min(rows, columns);
  const [rowBytes, smallBytes] = [rowBytesOf(columns), rowBytesOf(m)];
  // Whole strips are turned, the last one with what lies behind it.
  const places = [0, 1].map(() => arena.shared(padded(rows) * rowBytes)) as [number, number];
  const [gram, polynomial] = [arena.shared(padded(m) * smallBytes), arena.shared(padded(m) * smallBytes)];
  const turnedBytes = rowBytesOf(rows);
  const turned = turns ? arena.shared(padded(columns) * turnedBytes) : 0;
  const factor = arena.shared(4);
  const turn = turns ? kernels.add(`turn/${columns}/${rowBytes}/${turnedBytes}`, 2, turnStrip(columns, rowBytes, turnedBytes)) : null;

  /** `count` rows in strips; `body` gives what is done with the strip of some height whose first row is `first`. */
  function strips(name: string, count: number, body: (height: number) => (first: number) => void): Part {
    const whole = body(Math.min(STRIP, count));
    const rest = count % STRIP === 0 ? whole : body(count % STRIP);
    const chunks = Math.ceil(count / STRIP);
    return { name, chunks, run: (chunk) => (chunk === chunks - 1 ? rest : whole)(chunk * STRIP) };
  }
  const product = (strip: ProductStrip) =>
    kernels.add(productName(strip), strip.columns === null ? 5 : 4, productStrip(strip, target.rows));
  /** Of a strip of a small matrix whose first row is `first`: its place on the diagonal, and blocks of columns from there on. */
  const diagonal = (first: number) => ({ at: first * smallBytes + first * 4, blocks: blocksOf(m) - first / STRIP });
  const turnFrom = (z: number, first: number) => turn?.run(z + first * rowBytes, turned + first * 4);

  const scaled = strips('scale', rows, (height) => {
    const kernel = kernels.add(`scale/${height}/${columns}/${rowBytes}`, 2, scaleStrip(height, columns, rowBytes));
    return (first) => {
      kernel.run(places[0] + first * rowBytes, factor);
      turnFrom(places[0], first);
    };
  });

  /** One step, from Z to the other place for it; `last` needs no transpose any more. */
  function step(z: number, next: number, last: boolean): Part[] {
    const small = { columns: null, yRow: smallBytes };
    return [
      strips('X Xᵀ', m, (height) => {
        const kernel = turns
          ? product({ ...small, rows: height, terms: columns, xRow: rowBytes, xTerm: 4, wTerm: turnedBytes, with: null })
          : product({ ...small, rows: height, terms: rows, xRow: 4, xTerm: rowBytes, wTerm: rowBytes, with: null });
        const [rowStep, w] = turns ? [rowBytes, turned] : [4, z];
        return (first) => {
          const { at, blocks } = diagonal(first);
          kernel.run(z + first * rowStep, w + first * 4, 0, gram + at, blocks);
        };
      }),
      strips('b A + c A A', m, (height) => {
        const kernel = product({ ...small, rows: height, terms: m, xRow: smallBytes, xTerm: 4, wTerm: smallBytes, with: { b, c } });
        return (first) => {
          const { at, blocks } = diagonal(first);
          kernel.run(gram + first * smallBytes, gram + first * 4, gram + at, polynomial + at, blocks);
        };
      }),
      strips('a X + B X', rows, (height) => {
        const shape = { rows: height, columns, terms: m, xTerm: 4, yRow: rowBytes, with: { start: a } };
        const kernel = turns
          ? product({ ...shape, xRow: smallBytes, wTerm: rowBytes })
          : product({ ...shape, xRow: rowBytes, wTerm: smallBytes });
        return (first) => {
          const at = first * rowBytes;
          if (turns) kernel.run(polynomial + first * smallBytes, z, z + at, next + at);
          else kernel.run(z + at, polynomial, z + at, next + at);
          if (!last) turnFrom(next, first);
        };
      }),
    ];
  }

  const parts = [scaled];
  for (let i = 0; i < settings.nsSteps; i++) {
    parts.push(...step(places[i % 2]!, places[(i + 1) % 2]!, i === settings.nsSteps - 1));
  }
  return { before: places[0], after: places[settings.nsSteps % 2]!, rowBytes, factor, parts };
}
