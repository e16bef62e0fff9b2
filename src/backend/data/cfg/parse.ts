// The likeliest tree of a string (Viterbi parsing): the inside algorithm with the largest value in the place of the sum.
import { fillChart, Row, type Spans } from './chart';
import type { Grammar } from './grammar';
import { logScaleOf } from './inside';
import type { ParseNode } from './sample';

/** Probabilities of the same choices in another order differ by rounding; of other choices, by far more than this. */
const MORE = 1 + 1e-9;

/** A row that keeps the largest of what is added to it. */
class LargestRow extends Row {
  protected override merge(
    from: Float64Array,
    offset: number,
    first: number,
    count: number,
    factor: number,
  ): void {
    const { values } = this;
    for (let index = 0; index < count; index++) {
      values[first + index] = Math.max(values[first + index], factor * from[offset + index]);
    }
  }
}

/**
 * The likeliest tree of a string; undefined where there is none. Of several that are as likely, that with the rules that
 * are written first, from the root down, and among those with the longest last constituents.
 * @param tokens terminals as token ids
 * @param check as in `fillChart`
 * @throws SubtextError `grammar` as `Inside`
 */
export function likeliestTree(
  grammar: Grammar,
  tokens: ArrayLike<number>,
  check: () => void = () => undefined,
): ParseNode | undefined {
  const { rules, root } = grammar;
  const { length, spans } = fillChart(
    grammar,
    tokens,
    Math.exp(logScaleOf(grammar)),
    (symbol) => 1 / rules[symbol].length,
    (of) => new LargestRow(of),
    check,
  );
  if (spans[root].at(0, length) === 0) return undefined;
  const parse = (symbol: number, start: number, end: number): ParseNode => {
    check();
    const children: ParseNode[] = [];
    const rule = likeliestRule(rules[symbol], spans, length, start, end);
    if (rule) {
      let last = end;
      for (const [index, part] of [...rule.parts.entries()].reverse()) {
        const from = likeliestStart(rule.rows[index], spans[part], last);
        children.unshift(parse(part, from, last));
        last = from;
      }
    }
    return { symbol, start, end, children };
  };
  return parse(root, 0, length);
}

/** The rule by which a symbol likeliest becomes [start, end), with a row before each of its parts; none for terminals. */
function likeliestRule(
  rules: readonly (readonly number[])[],
  spans: readonly Spans[],
  length: number,
  start: number,
  end: number,
): { parts: readonly number[]; rows: Row[] } | undefined {
  let largest = 0;
  let found: { parts: readonly number[]; rows: Row[] } | undefined;
  for (const parts of rules) {
    const rows = [new LargestRow(length)];
    rows[0].values[start] = 1;
    rows[0].low = rows[0].high = start;
    for (const part of parts) {
      rows.push(new LargestRow(length));
      rows.at(-2)!.continueInto(rows.at(-1)!, spans[part]);
    }
    const value = rows.at(-1)!.values[end];
    if (value > largest * MORE) {
      largest = value;
      found = { parts, rows };
    }
  }
  return found;
}

/** Where a part of a rule begins that ends at `end`. */
function likeliestStart(before: Row, spans: Spans, end: number): number {
  let found = before.low;
  let largest = 0;
  for (let start = before.low; start <= before.high; start++) {
    const value = before.values[start] * spans.at(start, end);
    if (value > largest * MORE) {
      largest = value;
      found = start;
    }
  }
  return found;
}
