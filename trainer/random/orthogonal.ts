// Orthogonal matrices drawn uniformly, as torch.nn.init.orthogonal_ does it: the Q of a normal matrix, with the signs that make R's diagonal
// positive (Mezzadri, 2007). By modified Gram-Schmidt, twice over each column, in double and in a fixed order (docs/numerics.md).

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Makes `columns`, not more than they are long, orthonormal in place, each from those before it. */
function orthonormalize(columns: readonly Float64Array[]): void {
  for (const [j, column] of columns.entries()) {
    // A second pass takes away what rounding left of the others in the first.
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < j; i++) {
        const other = columns[i]!;
        const share = dot(other, column);
        for (let k = 0; k < column.length; k++) column[k]! -= share * other[k]!;
      }
    }
    const length = Math.sqrt(dot(column, column));
    for (let k = 0; k < column.length; k++) column[k]! /= length;
  }
}

/** (rows, columns) with orthonormal columns, or rows where there are fewer of them, from `normals` of the same shape. */
export function orthogonal(rows: number, columns: number, normals: Float64Array): Float64Array {
  const wide = rows < columns;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const place = (vector: number, k: number) => (wide ? vector * columns + k : k * columns + vector);
  const vectors = Array.from({ length: count }, (_, vector) => Float64Array.from({ length }, (_, k) => normals[place(vector, k)]!));
  orthonormalize(vectors);
  const result = new Float64Array(rows * columns);
  for (const [vector, values] of vectors.entries()) {
    for (let k = 0; k < length; k++) result[place(vector, k)] = values[k]!;
  }
  return result;
}
