// The tokens on which neurons fire most, and how often they are on.
import { ON_THRESHOLD, STRONGEST, type TextRange } from '../../../protocol/types';
import { shared } from './rows';

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
