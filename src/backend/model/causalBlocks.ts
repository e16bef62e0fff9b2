// Attention of a text to its own past, without most of the half that no query sees.

/** Queries `from` to `to` (exclusive), which see keys `firstKey` to `to` (exclusive) at the most. */
export interface QueryBlock {
  from: number;
  to: number;
  firstKey: number;
}

/** Of n blocks (n + 1) / 2n of the scores are left, but each is a dozen more nodes to run. */
const MOST_BLOCKS = 4;
/** Below, products become too small to be fast (bench/NOTES.md). */
const SMALLEST_BLOCK = 64;

/**
 * Cuts the positions of a text into blocks of queries.
 * @param pos tokens of the text
 * @param window how many keys a query sees, itself included; null = all before it
 */
export function causalBlocks(pos: number, window: number | null): QueryBlock[] {
  const count = Math.min(MOST_BLOCKS, Math.max(1, Math.floor(pos / SMALLEST_BLOCK)));
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * pos) / count);
    const to = Math.floor(((index + 1) * pos) / count);
    return { from, to, firstKey: window === null ? 0 : Math.max(0, from - window + 1) };
  });
}
