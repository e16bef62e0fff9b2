// What each symbol makes of each stretch of a string: the table of CKY parsing, for grammars with rules of any length whose
// symbols become strings of bounded length.
import type { Grammar } from './grammar';

/**
 * For one symbol the values of the stretches [start, end) of a string, row by row: the ends of a row lie close together,
 * because a symbol becomes neither few nor many terminals, so a row holds those between its first and last only.
 */
export class Spans {
  /** By start: the end that the row begins with, and where in `values` that stands; the next row's place ends it. */
  readonly firstEnds: Int32Array;
  readonly offsets: Int32Array;
  values = new Float64Array(64);
  private rows = 0;

  constructor(length: number) {
    this.firstEnds = new Int32Array(length + 1);
    this.offsets = new Int32Array(length + 2);
  }

  /** Adds the row of the next start, the part of `row` from `low` to `high`; empty where `high` is below `low`. */
  add(row: Float64Array, low: number, high: number): void {
    while (low <= high && row[low] === 0) low++;
    while (low <= high && row[high] === 0) high--;
    const offset = this.offsets[this.rows];
    const next = offset + Math.max(0, high + 1 - low);
    if (next > this.values.length) {
      const grown = new Float64Array(Math.max(next, 2 * this.values.length));
      grown.set(this.values);
      this.values = grown;
    }
    if (low <= high) this.values.set(row.subarray(low, high + 1), offset);
    this.firstEnds[this.rows] = low;
    this.offsets[++this.rows] = next;
  }

  at(start: number, end: number): number {
    const offset = this.offsets[start] + end - this.firstEnds[start];
    return offset >= this.offsets[start] && offset < this.offsets[start + 1] ? this.values[offset] : 0;
  }
}

/** A row of values over the ends of a string, zero outside of [low, high]. */
export class Row {
  readonly values: Float64Array;
  low: number;
  high = -1;

  constructor(private readonly length: number) {
    this.values = new Float64Array(length + 1);
    this.low = length + 1;
  }

  clear(): void {
    if (this.low <= this.high) this.values.fill(0, this.low, this.high + 1);
    this.low = this.length + 1;
    this.high = -1;
  }

  /** Adds `factor` times the stretches that begin at `start`. */
  addSpans(spans: Spans, start: number, factor: number): void {
    const offset = spans.offsets[start];
    const count = spans.offsets[start + 1] - offset;
    if (count === 0) return;
    const first = spans.firstEnds[start];
    this.merge(spans.values, offset, first, count, factor);
    if (first < this.low) this.low = first;
    if (first + count - 1 > this.high) this.high = first + count - 1;
  }

  /** Adds `factor` times `count` values of `from`, beginning at `offset`, to those from `first` on. */
  protected merge(from: Float64Array, offset: number, first: number, count: number, factor: number): void {
    const { values } = this;
    for (let index = 0; index < count; index++) values[first + index] += factor * from[offset + index];
  }

  /** Adds this row's stretches, each continued by one of `spans`, to `target`: a row times a matrix. */
  continueInto(target: Row, spans: Spans): void {
    for (let end = this.low; end <= this.high; end++) {
      const value = this.values[end];
      if (value !== 0) target.addSpans(spans, end, value);
    }
  }
}

/** What each symbol makes of each stretch of a string, under weights that multiply along a tree and add over trees. */
export interface Chart {
  length: number;
  /** By symbol. */
  spans: Spans[];
}

/**
 * @param tokens terminals as token ids; other numbers match no terminal
 * @param terminalWeight of each terminal
 * @param ruleWeight of each rule of a symbol
 * @param rowOf says how the values of several trees come together; they are added
 * @param check is called between rows, and may throw to end the work
 */
export function fillChart(
  grammar: Grammar,
  tokens: ArrayLike<number>,
  terminalWeight: number,
  ruleWeight: (symbol: number) => number,
  rowOf = (length: number): Row => new Row(length),
  check: () => void = () => undefined,
): Chart {
  const { length } = tokens;
  const spans = grammar.symbols.map(() => new Spans(length));
  const total = rowOf(length);
  const parts = [rowOf(length), rowOf(length)];
  for (const symbol of grammar.bottomUp) {
    const rules = grammar.rules[symbol];
    const weight = rules.length === 0 ? terminalWeight : ruleWeight(symbol);
    // Nothing is before the root.
    const lastStart = symbol === grammar.root ? 0 : length;
    for (let start = 0; start <= length; start++) {
      check();
      total.clear();
      if (rules.length === 0) {
        if (start < length && tokens[start] === symbol - grammar.firstTerminal + 1) {
          total.values[start + 1] = weight;
          total.low = total.high = start + 1;
        }
      } else if (start <= lastStart) {
        for (const rule of rules) addRule(rule, spans, start, weight, total, parts);
      }
      spans[symbol].add(total.values, total.low, total.high);
    }
  }
  return { length, spans };
}

function addRule(
  rule: readonly number[],
  spans: readonly Spans[],
  start: number,
  weight: number,
  total: Row,
  parts: readonly Row[],
): void {
  const last = rule.length - 1;
  if (last === 0) {
    total.addSpans(spans[rule[0]], start, weight);
    return;
  }
  let [done, next] = parts;
  done.clear();
  done.addSpans(spans[rule[0]], start, weight);
  for (let part = 1; part < last && done.low <= done.high; part++) {
    next.clear();
    done.continueInto(next, spans[rule[part]]);
    [done, next] = [next, done];
  }
  done.continueInto(total, spans[rule[last]]);
}
