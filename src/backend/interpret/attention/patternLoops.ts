// The innermost loops over patterns, a head at a time: functions of their own on plain arrays, because Node's compiler
// makes slower code of the same loops in the middle of a long method.

/** Leading bits of a fraction that the tables go by; the bits behind them are put right to first order. */
const INDEX_BITS = 12;
const REST_BITS = 23 - INDEX_BITS;
const INDEX = (1 << INDEX_BITS) - 1;
const REST = (1 << REST_BITS) - 1;
const HALF = 1 << (REST_BITS - 1);

/** For the middle m of each stretch of [1, 2): ln m − 127 ln 2, and 1 / m in units of the last bit. */
const logarithms = new Float64Array(1 << INDEX_BITS);
const slopes = new Float64Array(1 << INDEX_BITS);
for (let index = 0; index < logarithms.length; index++) {
  const middle = 1 + (index + 0.5) / logarithms.length;
  logarithms[index] = Math.log(middle) - 127 * Math.LN2;
  slopes[index] = 2 ** -23 / middle;
}

/** The rows of one head in a block. */
export interface HeadRows {
  /** None of the numbers that are looked at is negative; `bits` are the same as integers. */
  data: Float32Array;
  bits: Int32Array;
  rows: number;
  keys: number;
  /** Where the head's first row begins in `data`. */
  start: number;
  /** The position of the first row. */
  firstRow: number;
  /** By row the sources [from, to) that count; none where the row does not. */
  from: Int32Array;
  to: Int32Array;
}

/** By row: Σ a, Σ a², −Σ a ln a, and of how many cells. */
export interface RowSums {
  mass: Float64Array;
  squares: Float64Array;
  entropy: Float64Array;
  seen: Int32Array;
}

/**
 * Adds to the sums of each row what lies in the positions [first, end). Logarithms are read from the bits of the numbers:
 * a third of the time of Math.log, and off by at most 1e-8 for normal numbers; those of zero and of subnormal numbers
 * are finite, so that they add nothing.
 * @param byDistance takes each cell at `origin` plus how far back it is
 */
export function sumRows(
  { data, bits, rows, keys, start, firstRow, from, to }: HeadRows,
  first: number,
  end: number,
  { mass, squares, entropy, seen }: RowSums,
  byDistance: Float64Array,
  origin: number,
): void {
  for (let row = 0; row < rows; row++) {
    const base = start + row * keys;
    const begin = base + Math.max(first, from[row]);
    const stop = base + Math.min(end, to[row]);
    if (begin >= stop) continue;
    const shift = origin + firstRow + row + base;
    let sum = 0;
    let sumOfSquares = 0;
    let sumOfLogarithms = 0;
    for (let at = begin; at < stop; at++) {
      const a = data[at];
      const word = bits[at];
      const index = (word >>> REST_BITS) & INDEX;
      const logarithm = logarithms[index] + (word >>> 23) * Math.LN2 + ((word & REST) - HALF) * slopes[index];
      sum += a;
      sumOfSquares += a * a;
      byDistance[shift - at] += a;
      sumOfLogarithms += a * logarithm;
    }
    mass[row] += sum;
    squares[row] += sumOfSquares;
    entropy[row] -= sumOfLogarithms;
    seen[row] += stop - begin;
  }
}

/** Stretches of positions, and the cell of a picture's row that each falls into. */
export interface Columns {
  first: Int32Array;
  end: Int32Array;
  cell: Int32Array;
}

const integer = new Int32Array(1);
const number = new Float32Array(integer.buffer);

/**
 * Raises the cells of a picture to the largest value that falls into each; a cell that is NaN stays.
 * @param lines by row where its line begins in `picture`
 */
export function drawRows(
  { bits, rows, keys, start, from, to }: HeadRows,
  { first, end, cell }: Columns,
  picture: Float32Array,
  lines: Int32Array,
): void {
  for (let row = 0; row < rows; row++) {
    const base = start + row * keys;
    const seenFrom = from[row];
    const seenTo = to[row];
    const line = lines[row];
    for (let column = 0; column < first.length; column++) {
      const begin = base + Math.max(first[column], seenFrom);
      const stop = base + Math.min(end[column], seenTo);
      // Floats from zero up are ordered as their bits are, and of two integers the larger is found without a branch.
      let largest = 0;
      for (let at = begin; at < stop; at++) {
        const difference = (largest - bits[at]) | 0;
        largest = (largest - (difference & (difference >> 31))) | 0;
      }
      integer[0] = largest;
      const at = line + cell[column];
      if (number[0] > picture[at]) picture[at] = number[0];
    }
  }
}

/** How many of the numbers at [from, to) are NaN or infinite. */
export function countNotFinite(data: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += data[at];
  if (Number.isFinite(sum)) return 0;
  let count = 0;
  for (let at = from; at < to; at++) if (!Number.isFinite(data[at])) count++;
  return count;
}
