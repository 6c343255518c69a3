// Sum of squares of a gradient, in the fixed blocks that let a kernel take it in passing (docs/numerics.md, "Gradient norms").
import { foldLanes } from '../../numbers/folds.ts';
import type { Numbers } from '../../numbers/numbers.ts';

const BLOCK_ROWS = 256;
const BLOCK_COLUMNS = 16;

/**
 * Sum of squares of a matrix of `rows` × `columns`, read through `at`. Blocks of 256 rows × 16 columns: each column is a lane with a chain
 * down the rows, lanes are folded by halves, blocks added in double, row blocks outer, to what `before` holds of matrices before it.
 */
export function squaredGradient(
  { round, madd }: Numbers,
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
  before = 0,
): number {
  let total = before;
  for (let firstRow = 0; firstRow < rows; firstRow += BLOCK_ROWS) {
    for (let firstColumn = 0; firstColumn < columns; firstColumn += BLOCK_COLUMNS) {
      const lanes = new Float64Array(BLOCK_COLUMNS);
      for (let column = firstColumn; column < Math.min(firstColumn + BLOCK_COLUMNS, columns); column++) {
        let sum = 0;
        for (let row = firstRow; row < Math.min(firstRow + BLOCK_ROWS, rows); row++) sum = madd(at(row, column), at(row, column), sum);
        lanes[column - firstColumn] = sum;
      }
      total += foldLanes(lanes, round);
    }
  }
  return total;
}
