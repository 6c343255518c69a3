// Orthogonal matrices drawn uniformly, as torch.nn.init.orthogonal_ does it: the Q of a normal matrix, with the signs that make R's diagonal
// positive (Mezzadri, 2007). By modified Gram-Schmidt, twice over each column, in double and in a fixed order (docs/numerics.md).

/** Sum of products in four partials: one alone would wait for each of its own additions. */
function dot(a: Float64Array, b: Float64Array): number {
  let [p0, p1, p2, p3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    p0 += a[i]! * b[i]!;
    p1 += a[i + 1]! * b[i + 1]!;
    p2 += a[i + 2]! * b[i + 2]!;
    p3 += a[i + 3]! * b[i + 3]!;
  }
  if (whole < a.length) p0 += a[whole]! * b[whole]!;
  if (whole + 1 < a.length) p1 += a[whole + 1]! * b[whole + 1]!;
  if (whole + 2 < a.length) p2 += a[whole + 2]! * b[whole + 2]!;
  return p0 + p2 + (p1 + p3);
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
