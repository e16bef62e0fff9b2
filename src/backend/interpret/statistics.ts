// The inner loops of neuron statistics: each goes over rows of neighbouring neurons, several tokens at a time. Millions
// of numbers pass through them while a person waits, hence plain loops over typed arrays, without branches that a
// processor cannot foresee.
import { ON_THRESHOLD, PROFILE_BINS, STRONGEST, type TextRange } from '../../protocol/types';

/** Shows the rows of `[tokens, width]` whose tokens lie in `scope`. */
function forEachRow(
  rows: Float32Array,
  width: number,
  firstToken: number,
  scope: TextRange,
  visit: (row: Float32Array, token: number) => void,
): void {
  const { start, end } = shared(rows, width, firstToken, scope);
  for (let token = start; token < end; token++) {
    const at = (token - firstToken) * width;
    visit(rows.subarray(at, at + width), token);
  }
}

/** The tokens of `scope` that `[tokens, width]` has rows for. */
function shared(rows: Float32Array, width: number, firstToken: number, scope: TextRange): TextRange {
  return {
    start: Math.max(scope.start, firstToken),
    end: Math.min(scope.end, firstToken + rows.length / width),
  };
}

/** Raises each of `bests`, zero or more, to the neuron's largest activation in rows `from` to `to`; NaN is none. */
function raiseToRows(bests: Float32Array, rows: Float32Array, from: number, to: number): void {
  const before = bests.slice();
  raiseToBits(bests, rows, from, to);
  for (let i = 0; i < bests.length; i++) {
    // Its bits, without the sign, are above those of all numbers.
    if (!Number.isNaN(bests[i])) continue;
    bests[i] = before[i];
    for (let at = from * bests.length + i; at < to * bests.length; at += bests.length) {
      if (rows[at] > bests[i]) bests[i] = rows[at];
    }
  }
}

function raiseToBits(bests: Float32Array, rows: Float32Array, from: number, to: number): void {
  const width = bests.length;
  // Floats from zero up are ordered as their bits are when read as integers, and of two integers that are not negative
  // the larger one is found without a branch.
  const bits = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
  const best = new Int32Array(bests.buffer, bests.byteOffset, width);
  for (let row = from; row < to; row += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((step) => Math.min(row + step, to - 1) * width);
    for (let i = 0; i < width; i++) {
      const first = larger(atLeastZero(bits[a + i]), atLeastZero(bits[b + i]));
      const second = larger(atLeastZero(bits[c + i]), atLeastZero(bits[d + i]));
      best[i] = larger(best[i], larger(first, second));
    }
  }
}

function atLeastZero(integer: number): number {
  return integer & ~(integer >> 31);
}

/** Of two integers that are not negative. */
function larger(a: number, b: number): number {
  const difference = (a - b) | 0;
  return (a - (difference & (difference >> 31))) | 0;
}

/** Which bin of the profile of `scope` a token falls into. */
export function binOf(token: number, scope: TextRange): number {
  return Math.floor(((token - scope.start) * PROFILE_BINS) / (scope.end - scope.start));
}

/** What a neuron's activations must exceed to count as on, from the largest of each; rounded as engines round it. */
export function onThresholds(largest: Float32Array): Float32Array {
  const share = Math.fround(ON_THRESHOLD);
  return largest.map((peak) => (peak > 0 ? share * peak : Infinity));
}

/** What share of the tokens each count is. */
export function shares(counts: Int32Array, tokens: number): Float32Array {
  const result = new Float32Array(counts.length);
  for (let index = 0; index < counts.length; index++) result[index] = counts[index] / tokens;
  return result;
}

/** For each neuron its largest activation in each stretch of the scope. */
export class Profile {
  /** `[bin, neuron]`; never below zero. */
  private readonly bins: Float32Array;

  constructor(
    private readonly count: number,
    private readonly scope: TextRange,
  ) {
    this.bins = new Float32Array(count * PROFILE_BINS);
  }

  /** @param offset of the first neuron of `rows` */
  addRows(offset: number, width: number, firstToken: number, rows: Float32Array): void {
    const { bins, count, scope } = this;
    const length = scope.end - scope.start;
    const { start, end } = shared(rows, width, firstToken, scope);
    for (let from = start, to; from < end; from = to) {
      const bin = binOf(from, scope);
      to = Math.min(end, scope.start + Math.ceil(((bin + 1) * length) / PROFILE_BINS));
      const first = bin * count + offset;
      raiseToRows(bins.subarray(first, first + width), rows, from - firstToken, to - firstToken);
    }
  }

  /** Each neuron's largest bin and its `STRONGEST`-th largest: so much at least have so many of its activations. */
  largest(): { first: Float32Array; last: Float32Array } {
    const { bins, count } = this;
    const [first, last] = [new Float32Array(count), new Float32Array(count)];
    const order = new Float32Array(STRONGEST);
    for (let neuron = 0; neuron < count; neuron++) {
      order.fill(0);
      for (let at = neuron; at < bins.length; at += count) {
        let value = bins[at];
        for (let place = 0; place < STRONGEST; place++) {
          const held = order[place];
          if (value <= held) continue;
          order[place] = value;
          value = held;
        }
      }
      first[neuron] = order[0];
      last[neuron] = order[STRONGEST - 1];
    }
    return { first, last };
  }

  /** See `scaledProfile`. */
  scaled(largest: Float32Array): Uint8Array {
    return scaledProfile(this.bins, largest);
  }
}

/** `[bin, neuron]` → `[neuron, bin]`, as 0…255 of each neuron's largest activation. */
export function scaledProfile(bins: Float32Array, largest: Float32Array): Uint8Array {
  const count = largest.length;
  const result = new Uint8Array(bins.length);
  for (let neuron = 0; neuron < count; neuron++) {
    const scale = largest[neuron] > 0 ? 255 / largest[neuron] : 0;
    for (let bin = 0; bin < PROFILE_BINS; bin++) {
      result[neuron * PROFILE_BINS + bin] = bins[bin * count + neuron] * scale + 0.5;
    }
  }
  return result;
}

/** For each neuron its few tokens of largest activation, and how many of its activations are above its threshold. */
export class Peaks {
  /** `STRONGEST` token indices per neuron, largest activation first, ties by earlier token; -1 beyond the scope. */
  readonly tokens: Int32Array;
  readonly above: Int32Array;
  private readonly values: Float32Array;
  /** What a value must exceed to enter a neuron's list. */
  private readonly entry: Float32Array;

  /**
   * @param thresholds per neuron
   * @param least per neuron what its `STRONGEST` largest activations have at least, or 0 where nothing is known
   */
  constructor(
    private readonly scope: TextRange,
    private readonly thresholds: Float32Array,
    least: Float32Array,
  ) {
    const count = thresholds.length;
    this.tokens = new Int32Array(count * STRONGEST).fill(-1);
    this.values = new Float32Array(count * STRONGEST).fill(-Infinity);
    this.above = new Int32Array(count);
    this.entry = justBelow(least);
  }

  /** @param offset of the first neuron of `rows` */
  addRows(offset: number, width: number, firstToken: number, rows: Float32Array): void {
    const { entry, above, thresholds, scope } = this;
    const { start, end } = shared(rows, width, firstToken, scope);
    let token = start;
    for (; token + 4 <= end; token += 4) {
      const a = (token - firstToken) * width;
      const [b, c, d] = [a + width, a + 2 * width, a + 3 * width];
      for (let i = 0; i < width; i++) {
        const threshold = thresholds[offset + i];
        const limit = entry[offset + i];
        const first = rows[a + i];
        const second = rows[b + i];
        const third = rows[c + i];
        const fourth = rows[d + i];
        above[offset + i] +=
          Number(first > threshold) +
          Number(second > threshold) +
          Number(third > threshold) +
          Number(fourth > threshold);
        if (first > limit || second > limit || third > limit || fourth > limit) {
          this.insert(offset + i, first, token);
          this.insert(offset + i, second, token + 1);
          this.insert(offset + i, third, token + 2);
          this.insert(offset + i, fourth, token + 3);
        }
      }
    }
    for (; token < end; token++) {
      const at = (token - firstToken) * width;
      for (let i = 0; i < width; i++) {
        const value = rows[at + i];
        above[offset + i] += Number(value > thresholds[offset + i]);
        this.insert(offset + i, value, token);
      }
    }
  }

  /** Largest activation per neuron. */
  largest(): Float32Array {
    return this.thresholds.map((_, neuron) => this.values[neuron * STRONGEST]);
  }

  private insert(neuron: number, value: number, token: number): void {
    const { values, tokens, entry } = this;
    if (!(value > entry[neuron])) return;
    const first = neuron * STRONGEST;
    let place = first + STRONGEST - 1;
    for (; place > first && values[place - 1] < value; place--) {
      values[place] = values[place - 1];
      tokens[place] = tokens[place - 1];
    }
    values[place] = value;
    tokens[place] = token;
    entry[neuron] = Math.max(entry[neuron], values[first + STRONGEST - 1]);
  }
}

/** The next smaller number of each that is above zero; minus infinity for the others. */
function justBelow(values: Float32Array): Float32Array {
  const result = values.map((value) => (value > 0 ? value : -Infinity));
  const bits = new Int32Array(result.buffer);
  for (let i = 0; i < bits.length; i++) if (bits[i] > 0) bits[i]--;
  return result;
}

/**
 * Sums for means and deviations inside and outside a selection, in float64, of each neuron's differences from its activation
 * at the first token: what hardly varies around a large number would lose its digits.
 */
export class Moments {
  private readonly origins: Float32Array;
  private readonly inside: Float64Array;
  private readonly all: Float64Array;
  private readonly squares: Float64Array;
  private insideTokens = 0;
  private allTokens = 0;

  /** @param firstToken tokens before it (begin of text) do not count */
  constructor(
    count: number,
    private readonly firstToken: number,
  ) {
    this.origins = new Float32Array(count);
    this.inside = new Float64Array(count);
    this.all = new Float64Array(count);
    this.squares = new Float64Array(count);
  }

  addRows(offset: number, width: number, firstToken: number, rows: Float32Array, scope: TextRange): void {
    const text = { start: this.firstToken, end: Infinity };
    forEachRow(rows, width, firstToken, text, (row, token) => {
      const inside = token >= scope.start && token < scope.end;
      // Every layer shows the same tokens: they are counted at the first.
      if (offset === 0) {
        this.allTokens++;
        if (inside) this.insideTokens++;
      }
      if (token === this.firstToken) this.origins.set(row, offset);
      this.addRow(offset, row, inside);
    });
  }

  private addRow(offset: number, row: Float32Array, inside: boolean): void {
    const { all, squares, origins } = this;
    for (let index = 0; index < row.length; index++) {
      const value = row[index] - origins[offset + index];
      all[offset + index] += value;
      squares[offset + index] += value * value;
    }
    if (!inside) return;
    for (let index = 0; index < row.length; index++) {
      this.inside[offset + index] += row[index] - origins[offset + index];
    }
  }

  /** Mean inside minus mean outside, in standard deviations over all; 0 where nothing is outside or varies. */
  selectivity(): Float32Array {
    const outsideTokens = this.allTokens - this.insideTokens;
    const result = new Float32Array(this.all.length);
    if (outsideTokens === 0 || this.insideTokens === 0) return result;
    for (let neuron = 0; neuron < result.length; neuron++) {
      const mean = this.all[neuron] / this.allTokens;
      const deviation = Math.sqrt(Math.max(0, this.squares[neuron] / this.allTokens - mean * mean));
      const outside = (this.all[neuron] - this.inside[neuron]) / outsideTokens;
      if (deviation > 0) result[neuron] = (this.inside[neuron] / this.insideTokens - outside) / deviation;
    }
    return result;
  }
}
