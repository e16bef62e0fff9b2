// The pairs that wait to be joined, the most frequent first.

/** Two neighbouring symbols. */
export interface Pair {
  left: number;
  right: number;
  /** Occurrences in all words; not lowered when the pair itself is joined, as in Hugging Face's trainer. */
  count: number;
  /** Rows where it came up since it was last put into the queue. */
  newRows: number[];
}

interface Entry {
  pair: Pair;
  /** The pair's count when it was put here; the pair may have become rarer since. */
  count: number;
  rows: number[];
}

/** A binary heap; of equally frequent pairs the one with the lower ids comes first. */
export class PairQueue {
  private readonly entries: Entry[] = [];

  push(pair: Pair, rows: number[]): void {
    this.entries.push({ pair, count: pair.count, rows });
    this.rise(this.entries.length - 1);
  }

  /** Takes out the pair that is the most frequent now, with the rows of its entry. */
  pop(): { pair: Pair; rows: number[] } | undefined {
    while (this.entries.length > 0) {
      const [top] = this.entries;
      if (top.count === top.pair.count) {
        const last = this.entries.pop()!;
        if (this.entries.length > 0) {
          this.entries[0] = last;
          this.sink();
        }
        return top;
      }
      top.count = top.pair.count;
      this.sink();
    }
    return undefined;
  }

  private rise(at: number): void {
    const { entries } = this;
    const entry = entries[at];
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, entries[parent])) break;
      entries[at] = entries[parent];
      at = parent;
    }
    entries[at] = entry;
  }

  /** Puts the first entry where it belongs. */
  private sink(): void {
    const { entries } = this;
    const entry = entries[0];
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      if (child + 1 < entries.length && isBefore(entries[child + 1], entries[child])) child++;
      if (!isBefore(entries[child], entry)) break;
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.pair.left !== b.pair.left ? a.pair.left < b.pair.left : a.pair.right < b.pair.right;
}
