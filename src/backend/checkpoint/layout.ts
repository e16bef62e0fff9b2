// Moves numbers between the order of a file and ours: matrices [in, out], row-major.
import { sizeOf } from '../engine/graph/dimension';

/** Rows and columns moved together, so that both what is read and what is written stay in cache (16 KB each). */
const BLOCK = 64;

/** Where numbers lie in an array: from `offset` on, neighbours along each axis of `sizes` so many `strides` apart. */
export interface View {
  readonly offset: number;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
}

/** Copies the numbers that one view sees in `from` to where the other, of the same sizes, sees them in `to`. */
export function copyNumbers(from: Float32Array, fromView: View, to: Float32Array, toView: View): void {
  copy(
    { numbers: from, start: fromView.offset, strides: fromView.strides },
    { numbers: to, start: toView.offset, strides: toView.strides },
    fromView.sizes,
  );
}

/**
 * The transpose of a row-major matrix.
 * @param matrix [rows, columns]
 * @returns [columns, rows]
 */
export function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const sizes = [columns, rows];
  const turned = new Float32Array(matrix.length);
  const view = { offset: 0, sizes, strides: rowMajor(sizes) };
  copyNumbers(matrix, { offset: 0, sizes, strides: [1, columns] }, turned, view);
  return turned;
}

/** How far apart neighbours along each axis of a row-major array lie. */
export function rowMajor(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)));
}

/** Whether any number is infinite or not a number. */
export function hasNonFinite(values: Float32Array): boolean {
  // x · 0 is 0 for every finite x and NaN for all others, and so the sum tells, without a branch for each.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum !== 0;
}

interface Side {
  numbers: Float32Array;
  start: number;
  strides: readonly number[];
}

function copy(from: Side, to: Side, sizes: readonly number[]): void {
  if (sizes.length < 2) {
    const widened = (side: Side) => ({ ...side, strides: [0, side.strides[0] ?? 1] });
    copyMatrix(widened(from), widened(to), 1, sizes[0] ?? 1);
    return;
  }
  if (sizes.length === 2) {
    copyMatrix(from, to, sizes[0], sizes[1]);
    return;
  }
  // The two axes along which neighbours touch, in one side or the other, are left for the blocks.
  const apart = sizes.findIndex((_, axis) => from.strides[axis] !== 1 && to.strides[axis] !== 1);
  const axis = Math.max(apart, 0);
  const rest = sizes.toSpliced(axis, 1);
  for (let i = 0; i < sizes[axis]; i++) {
    const at = ({ numbers, start, strides }: Side): Side => ({
      numbers,
      start: start + i * strides[axis],
      strides: strides.toSpliced(axis, 1),
    });
    copy(at(from), at(to), rest);
  }
}

function copyMatrix(from: Side, to: Side, rows: number, columns: number): void {
  const [fromRow, fromColumn] = from.strides;
  const [toRow, toColumn] = to.strides;
  if (fromColumn === 1 && toColumn === 1) {
    for (let row = 0; row < rows; row++) {
      const start = from.start + row * fromRow;
      to.numbers.set(from.numbers.subarray(start, start + columns), to.start + row * toRow);
    }
    return;
  }
  const [source, target] = [from.numbers, to.numbers];
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(left + BLOCK, columns);
      for (let column = left; column < right; column++) {
        let read = from.start + top * fromRow + column * fromColumn;
        let write = to.start + top * toRow + column * toColumn;
        for (let row = top; row < bottom; row++) {
          target[write] = source[read];
          read += fromRow;
          write += toRow;
        }
      }
    }
  }
}
