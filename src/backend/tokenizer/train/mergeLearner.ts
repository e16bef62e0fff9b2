// Learns byte-pair merges from counted words (Sennrich et al. 2016, arXiv 1508.07909): the pair of neighbours that occurs
// most often becomes a token, again and again. Counts follow each merge, so that only words that hold the pair are
// touched. Order, ties and ids are those of Hugging Face tokenizers (Rust, `tokenizers/src/models/bpe/trainer.rs`), so
// that both learn the same merges from the same text.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { LETTER_OF_BYTE } from '../byteLevel';
import { MAX_SYMBOLS } from '../mergeTable';
import { PairQueue, type Pair } from './pairQueue';

export interface LearntMerges {
  /** Spellings in GPT-2's byte alphabet, by id: what was there first, the 256 bytes, what was joined. */
  tokens: string[];
  /** Spellings of what is joined, in the order in which it is. */
  merges: [string, string][];
}

export interface MergeOptions {
  vocabularySize: number;
  /** Tokens with the first ids. */
  first: readonly string[];
  /** Pairs that occur less often are not joined. */
  minimumCount: number;
  cancellation?: Cancellation;
}

/** Every byte is a token, seen or not, so that no text is unknown. @throws SubtextError 'cancelled' */
export function learnMerges(
  words: ReadonlyMap<string, number>,
  { vocabularySize, first, minimumCount, cancellation }: MergeOptions,
): LearntMerges {
  const letters = LETTER_OF_BYTE.toSorted();
  const tokens = [...first, ...letters];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const corpus = new SymbolRows(words, (byte) => first.length + letters.indexOf(LETTER_OF_BYTE[byte]));
  const pairs = new PairCounts();
  corpus.forEachPair((left, right, count, row) => pairs.change(left, right, count, row));

  const merges = new Map<Pair, [string, string]>();
  while (tokens.length < vocabularySize) {
    if (cancellation) throwIfCancelled(cancellation);
    const best = pairs.takeMostFrequent();
    if (best === undefined || best.pair.count < Math.max(1, minimumCount)) break;
    const { left, right } = best.pair;
    const spelling: [string, string] = [tokens[left], tokens[right]];
    const token = spelling.join('');
    let id = ids.get(token);
    if (id === undefined) {
      id = tokens.length;
      ids.set(token, id);
      tokens.push(token);
    }
    // The same pair comes again when another pair gives one of its halves; then its last place counts.
    merges.delete(best.pair);
    merges.set(best.pair, spelling);
    for (const row of best.rows)
      corpus.join(row, left, right, id, (a, b, count) => pairs.change(a, b, count, row));
  }
  return { tokens, merges: [...merges.values()] };
}

/** How often each pair of neighbours occurs, and where. */
class PairCounts {
  private readonly pairs = new Map<number, Pair>();
  private readonly queue = new PairQueue();
  /** Pairs that came up in rows since the queue was last asked. */
  private grown: Pair[] = [];

  /** @param change occurrences more (or less) in this row; changes of one row come in a row */
  change(left: number, right: number, change: number, row: number): void {
    const key = left * MAX_SYMBOLS + right;
    let pair = this.pairs.get(key);
    if (pair === undefined) this.pairs.set(key, (pair = { left, right, count: 0, newRows: [] }));
    pair.count += change;
    if (change < 0) return;
    if (pair.newRows.length === 0) this.grown.push(pair);
    if (pair.newRows.at(-1) !== row) pair.newRows.push(row);
  }

  takeMostFrequent(): { pair: Pair; rows: number[] } | undefined {
    for (const pair of this.grown) {
      if (pair.count > 0) this.queue.push(pair, pair.newRows);
      pair.newRows = [];
    }
    this.grown = [];
    return this.queue.pop();
  }
}

/** All words as rows of symbols in one array; a row gets shorter in place. */
class SymbolRows {
  private readonly symbols: Int32Array;
  /** Where each row begins in `symbols`. */
  private readonly starts: Float64Array;
  private readonly lengths: Int32Array;
  private readonly counts: Float64Array;

  constructor(words: ReadonlyMap<string, number>, symbolOf: (byte: number) => number) {
    const symbolOfByte = Int32Array.from({ length: 256 }, (_, byte) => symbolOf(byte));
    this.lengths = new Int32Array(words.size);
    this.starts = new Float64Array(words.size);
    this.counts = Float64Array.from(words.values());
    let size = 0;
    let row = 0;
    for (const word of words.keys()) {
      this.starts[row] = size;
      size += this.lengths[row++] = Buffer.byteLength(word);
    }
    this.symbols = new Int32Array(size);
    let at = 0;
    for (const word of words.keys())
      for (const byte of Buffer.from(word)) this.symbols[at++] = symbolOfByte[byte];
  }

  forEachPair(visit: (left: number, right: number, count: number, row: number) => void): void {
    for (let row = 0; row < this.lengths.length; row++) {
      const start = this.starts[row];
      for (let at = start + 1; at < start + this.lengths[row]; at++)
        visit(this.symbols[at - 1], this.symbols[at], this.counts[row], row);
    }
  }

  /**
   * Joins a pair everywhere in a row, from the left.
   * @param change told how often the pairs beside the joined ones occur more and less
   */
  join(
    row: number,
    left: number,
    right: number,
    joined: number,
    change: (left: number, right: number, count: number) => void,
  ): void {
    const { symbols } = this;
    const start = this.starts[row];
    const end = start + this.lengths[row];
    const count = this.counts[row];
    let to = start;
    for (let from = start; from < end; from++) {
      if (symbols[from] !== left || from + 1 === end || symbols[from + 1] !== right) {
        symbols[to++] = symbols[from];
        continue;
      }
      if (to > start) {
        change(symbols[to - 1], left, -count);
        change(symbols[to - 1], joined, count);
      }
      from++;
      if (from + 1 < end) {
        change(right, symbols[from + 1], -count);
        change(joined, symbols[from + 1], count);
      }
      symbols[to++] = joined;
    }
    this.lengths[row] = to - start;
  }
}
