// Byte-pair merging: neighbours in a row of symbols are joined, cheapest pair first, until no pair is in the table.
// A linked list of symbols and a heap of pairs: n log n in the length of the row, which may be a whole document.

/** Symbol ids are below this, so that a pair of them is one exact number. */
export const MAX_SYMBOLS = 2 ** 21;
/** Scratch memory longer than this is not kept between rows: words are short, documents rare. */
const KEPT_SCRATCH = 2 ** 16;

/** Pairs of symbols that may be joined, what they become and what it costs. */
export class MergeTable {
  private readonly mergeOfPair = new Map<number, number>();
  private readonly result: number[] = [];
  private readonly cost: number[] = [];
  private scratch = new Scratch(256);

  /** A later entry for the same pair replaces the earlier one. */
  add(left: number, right: number, result: number, cost: number): void {
    this.mergeOfPair.set(left * MAX_SYMBOLS + right, this.result.length);
    this.result.push(result);
    this.cost.push(cost);
  }

  /**
   * Joins neighbours in place, the cheapest pair first and of equally cheap ones the leftmost.
   * @param symbols ids; the first `count` are the row
   * @param lengths what each symbol stands for, added up where symbols are joined
   * @returns how many symbols are left, at the front of both arrays
   */
  merge(symbols: Int32Array, lengths: Int32Array, count: number): number {
    const scratch =
      count <= this.scratch.size ? this.scratch : new Scratch(Math.max(count, 2 * this.scratch.size));
    const { previous, next, merge, heap } = scratch;
    heap.clear(this.cost);
    const propose = (position: number): void => {
      const right = next[position];
      const found =
        right === count ? undefined : this.mergeOfPair.get(symbols[position] * MAX_SYMBOLS + symbols[right]);
      merge[position] = found ?? -1;
      if (found !== undefined) heap.push(position, found);
    };
    for (let position = 0; position < count; position++) {
      previous[position] = position - 1;
      next[position] = position + 1;
    }
    for (let position = 0; position < count; position++) propose(position);
    while (heap.pop()) {
      const { position } = heap;
      // An entry is out of date once its place has been joined to another or waits for another merge.
      if (merge[position] !== heap.merge) continue;
      const right = next[position];
      symbols[position] = this.result[heap.merge]!;
      lengths[position] += lengths[right];
      merge[right] = -1;
      next[position] = next[right]!;
      if (next[right] < count) previous[next[right]] = position;
      propose(position);
      if (position > 0) propose(previous[position]);
    }
    let left = 0;
    for (let position = 0; position < count; position = next[position]!) {
      symbols[left] = symbols[position]!;
      lengths[left++] = lengths[position]!;
    }
    if (scratch.size <= KEPT_SCRATCH) this.scratch = scratch;
    return left;
  }
}

/** Working memory for rows of up to `size` symbols. */
class Scratch {
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** The merge that waits at each place, -1 for none. */
  readonly merge: Int32Array;
  readonly heap: MergeHeap;

  constructor(readonly size: number) {
    this.previous = new Int32Array(size);
    this.next = new Int32Array(size);
    this.merge = new Int32Array(size);
    // Every symbol proposes once at the start and each of at most size - 1 joins proposes two more.
    this.heap = new MergeHeap(3 * size);
  }
}

/** A binary heap of waiting merges, ordered by cost, then by place. */
class MergeHeap {
  /** What `pop` took out. */
  position = 0;
  merge = 0;
  private readonly positions: Int32Array;
  private readonly merges: Int32Array;
  private size = 0;
  private cost: readonly number[] = [];

  constructor(capacity: number) {
    this.positions = new Int32Array(capacity);
    this.merges = new Int32Array(capacity);
  }

  clear(cost: readonly number[]): void {
    this.size = 0;
    this.cost = cost;
  }

  push(position: number, merge: number): void {
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(position, merge, parent)) break;
      this.move(parent, at);
      at = parent;
    }
    this.positions[at] = position;
    this.merges[at] = merge;
  }

  /** Takes out the cheapest merge; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false;
    this.position = this.positions[0]!;
    this.merge = this.merges[0]!;
    const last = --this.size;
    const position = this.positions[last];
    const merge = this.merges[last];
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && this.isBefore(this.positions[child + 1], this.merges[child + 1], child))
        child++;
      if (this.isBefore(position, merge, child)) break;
      this.move(child, at);
      at = child;
    }
    this.positions[at] = position;
    this.merges[at] = merge;
    return true;
  }

  private isBefore(position: number, merge: number, slot: number): boolean {
    const difference = this.cost[merge] - this.cost[this.merges[slot]];
    return difference < 0 || (difference === 0 && position < this.positions[slot]);
  }

  private move(from: number, to: number): void {
    this.positions[to] = this.positions[from]!;
    this.merges[to] = this.merges[from]!;
  }
}
