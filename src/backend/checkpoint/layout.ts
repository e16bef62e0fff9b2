// Moves numbers from the order of a file to ours: matrices [in, out], row-major.

/** Rows and columns moved together, so that both what is read and what is written stay in cache (16 KB each). */
const BLOCK = 64;

/**
 * The transpose of a row-major matrix.
 * @param matrix [rows, columns]
 * @returns [columns, rows]
 */
export function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length);
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(left + BLOCK, columns);
      for (let column = left; column < right; column++) {
        for (let row = top; row < bottom; row++)
          turned[column * rows + row] = matrix[row * columns + column]!;
      }
    }
  }
  return turned;
}

/**
 * Columns `first` to `first + count` of a row-major matrix.
 * @param matrix [rows, columns]
 * @returns [rows, count]
 */
export function takeColumns(
  matrix: Float32Array,
  columns: number,
  first: number,
  count: number,
): Float32Array {
  const rows = matrix.length / columns;
  const taken = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const start = row * columns + first;
    taken.set(matrix.subarray(start, start + count), row * count);
  }
  return taken;
}

/**
 * The inverse of `takeColumns`: writes a part's columns into a row-major matrix, from column `first` on.
 * @param matrix [rows, columns]
 * @param part [rows, count]
 */
export function putColumns(matrix: Float32Array, columns: number, first: number, part: Float32Array): void {
  const rows = matrix.length / columns;
  const count = part.length / rows;
  for (let row = 0; row < rows; row++) {
    matrix.set(part.subarray(row * count, (row + 1) * count), row * columns + first);
  }
}

/** Whether any number is infinite or not a number. */
export function hasNonFinite(values: Float32Array): boolean {
  // x · 0 is 0 for every finite x and NaN for all others, and so the sum tells, without a branch for each.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum !== 0;
}
