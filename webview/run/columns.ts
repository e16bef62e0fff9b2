// Columns that grow at their end, and the search in the ones that are in order.

export type Column = Int32Array | Float64Array | Float32Array;

/**
 * The column with its rows from `from` on replaced by `rows`. The result is a view on a buffer with room behind it,
 * so that appending does not copy what is there; the column that was given must not be used any more.
 */
export function replaceFrom<Kind extends Column>(column: Kind, from: number, rows: Kind): Kind {
  const kind = column.constructor as new (content: ArrayBufferLike | number) => Kind;
  const length = from + rows.length;
  let whole = new kind(column.buffer);
  if (length > whole.length) {
    whole = new kind(Math.max(length, 2 * whole.length));
    whole.set(column.subarray(0, from));
  }
  whole.set(rows, from);
  return whole.subarray(0, length) as Kind;
}

/** Index of the first value that is at least `value`, in a column in order; its length if there is none. */
export function firstAtLeast(column: ArrayLike<number>, value: number, from = 0): number {
  let low = from;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the value nearest to `value` in a column in order, the earlier of two; -1 in an empty one. */
export function nearest(column: ArrayLike<number>, value: number): number {
  const after = firstAtLeast(column, value);
  if (after === column.length) return column.length - 1;
  return after > 0 && value - column[after - 1] <= column[after] - value ? after - 1 : after;
}
