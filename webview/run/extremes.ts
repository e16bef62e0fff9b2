// Smallest and largest value of any stretch of a column, without reading all of it: those of whole blocks are kept.

/** Values per block; a stretch that begins and ends at multiples of it is read fastest. */
export const BLOCK = 16;

export interface Range {
  low: number;
  high: number;
}

export class Extremes {
  private values: Float32Array = new Float32Array();
  private low = new Float32Array();
  private high = new Float32Array();

  /** Takes over a column of which the values from `from` on are new. */
  update(values: Float32Array, from: number): void {
    this.values = values;
    const blocks = Math.floor(values.length / BLOCK);
    if (blocks > this.low.length) {
      this.low = grown(this.low, blocks);
      this.high = grown(this.high, blocks);
    }
    const range: Range = { low: 0, high: 0 };
    for (let block = Math.floor(from / BLOCK); block < blocks; block++) {
      range.low = Infinity;
      range.high = -Infinity;
      for (let index = block * BLOCK; index < (block + 1) * BLOCK; index++) {
        if (values[index] < range.low) range.low = values[index];
        if (values[index] > range.high) range.high = values[index];
      }
      this.low[block] = range.low;
      this.high[block] = range.high;
    }
  }

  /** Widens `range` by the values in [start, end); NaN is left out. */
  widen(start: number, end: number, range: Range): void {
    const { values, low, high } = this;
    // Locals, since this runs for every pixel of every line of every frame.
    let lowest = range.low;
    let highest = range.high;
    const firstBlock = Math.ceil(start / BLOCK);
    const endBlock = Math.max(firstBlock, Math.floor(end / BLOCK));
    const head = Math.min(end, firstBlock * BLOCK);
    for (let index = start; index < head; index++) {
      if (values[index] < lowest) lowest = values[index];
      if (values[index] > highest) highest = values[index];
    }
    for (let block = firstBlock; block < endBlock; block++) {
      if (low[block] < lowest) lowest = low[block];
      if (high[block] > highest) highest = high[block];
    }
    for (let index = Math.max(head, endBlock * BLOCK); index < end; index++) {
      if (values[index] < lowest) lowest = values[index];
      if (values[index] > highest) highest = values[index];
    }
    range.low = lowest;
    range.high = highest;
  }
}

function grown(column: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(Math.max(length, 2 * column.length));
  longer.set(column);
  return longer;
}
