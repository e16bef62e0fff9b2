// The inner loops of neuron statistics: each goes once over a row of neighbouring neurons at one token. Millions of
// numbers pass through them while a person waits, hence plain loops over typed arrays.
import { PROFILE_BINS, STRONGEST, type TextRange } from '../../protocol/types';

/** Shows the rows of `[tokens, width]` whose tokens lie in `scope`. */
export function forEachRow(
  rows: Float32Array,
  width: number,
  firstToken: number,
  scope: TextRange,
  visit: (row: Float32Array, token: number) => void,
): void {
  const from = Math.max(scope.start, firstToken);
  const to = Math.min(scope.end, firstToken + rows.length / width);
  for (let token = from; token < to; token++) {
    const start = (token - firstToken) * width;
    visit(rows.subarray(start, start + width), token);
  }
}

export function countAbove(
  counts: Int32Array,
  thresholds: Float32Array,
  offset: number,
  row: Float32Array,
): void {
  for (let index = 0; index < row.length; index++) {
    if (row[index] > thresholds[offset + index]) counts[offset + index]++;
  }
}

/** What share of the tokens each count is. */
export function shares(counts: Int32Array, tokens: number): Float32Array {
  const result = new Float32Array(counts.length);
  for (let index = 0; index < counts.length; index++) result[index] = counts[index] / tokens;
  return result;
}

/** For each neuron its few tokens of largest activation, and its largest activation in each stretch of the scope. */
export class Peaks {
  /** `STRONGEST` token indices per neuron, largest activation first, ties by earlier token; -1 beyond the scope. */
  readonly tokens: Int32Array;
  private readonly values: Float32Array;
  /** What a value must exceed to enter a neuron's list: apart, because nearly every value stops there. */
  private readonly entry: Float32Array;
  /** `[bin, neuron]`; never below zero. */
  private readonly bins: Float32Array;

  constructor(
    private readonly count: number,
    private readonly scope: TextRange,
  ) {
    this.tokens = new Int32Array(count * STRONGEST).fill(-1);
    this.values = new Float32Array(count * STRONGEST).fill(-Infinity);
    this.entry = new Float32Array(count).fill(-Infinity);
    this.bins = new Float32Array(count * PROFILE_BINS);
  }

  /** @param offset of the row's first neuron */
  addRow(offset: number, row: Float32Array, token: number): void {
    const { entry, bins, count, scope } = this;
    const bin =
      Math.floor(((token - scope.start) * PROFILE_BINS) / (scope.end - scope.start)) * count + offset;
    for (let index = 0; index < row.length; index++) {
      const value = row[index];
      if (value > bins[bin + index]) bins[bin + index] = value;
      if (value > entry[offset + index]) this.insert(offset + index, value, token);
    }
  }

  /** Largest activation per neuron. */
  largest(): Float32Array {
    const result = new Float32Array(this.count);
    for (let neuron = 0; neuron < this.count; neuron++) result[neuron] = this.values[neuron * STRONGEST];
    return result;
  }

  /** `[neuron, bin]`, as 0…255 of each neuron's largest activation. */
  profile(): Uint8Array {
    const { bins, count } = this;
    const result = new Uint8Array(bins.length);
    for (let neuron = 0; neuron < count; neuron++) {
      const largest = this.values[neuron * STRONGEST];
      const scale = largest > 0 ? 255 / largest : 0;
      for (let bin = 0; bin < PROFILE_BINS; bin++) {
        result[neuron * PROFILE_BINS + bin] = bins[bin * count + neuron] * scale + 0.5;
      }
    }
    return result;
  }

  private insert(neuron: number, value: number, token: number): void {
    const { values, tokens } = this;
    const first = neuron * STRONGEST;
    let place = first + STRONGEST - 1;
    for (; place > first && values[place - 1] < value; place--) {
      values[place] = values[place - 1];
      tokens[place] = tokens[place - 1];
    }
    values[place] = value;
    tokens[place] = token;
    this.entry[neuron] = values[first + STRONGEST - 1];
  }
}

/** Sums for means and deviations inside and outside a selection. Float64: differences of large sums. */
export class Moments {
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
      this.addRow(offset, row, inside);
    });
  }

  private addRow(offset: number, row: Float32Array, inside: boolean): void {
    const { all, squares } = this;
    for (let index = 0; index < row.length; index++) {
      const value = row[index];
      all[offset + index] += value;
      squares[offset + index] += value * value;
    }
    if (!inside) return;
    for (let index = 0; index < row.length; index++) this.inside[offset + index] += row[index];
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
