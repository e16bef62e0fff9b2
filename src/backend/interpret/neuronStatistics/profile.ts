// Where in a text neurons fire: the largest activation in each stretch.
import { PROFILE_BINS, STRONGEST, type TextRange } from '../../../protocol/types';
import { shared } from './rows';

/** Which bin of the profile of `scope` a token falls into. */
export function binOf(token: number, scope: TextRange): number {
  return Math.floor(((token - scope.start) * PROFILE_BINS) / (scope.end - scope.start));
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
