// The true next-token distribution after every prefix of a string, in one pass over its chart.
import { Row } from './chart';
import type { Grammar } from './grammar';
import { Inside } from './inside';

export interface NextTokens {
  /**
   * [length + 1, vocabulary], by token id: after the first k terminals the probability of each terminal and of end of
   * text; of begin of text it is 0. All zeros for prefixes that nothing in the language begins with.
   */
  probabilities: Float64Array;
  vocabulary: number;
  /** Terminals of the shortest prefix that nothing in the language begins with; undefined when there is none. */
  deadAt: number | undefined;
  /** log P(string) in nats; -Infinity when it is not in the language. */
  logProbability: number;
}

/**
 * P(next token | first k terminals) for k = 0 … length, by the forward masses of unfinished leftmost derivations (Jelinek
 * & Lafferty 1991): the mass that expects a symbol next goes to the first symbol of each of its rules, and, continued by
 * the stretches that this may become, to the second one, and so on.
 * @param tokens terminals as token ids
 * @param check as in `fillChart`
 * @throws SubtextError `grammar` as `Inside`
 */
export function nextTokens(
  grammar: Grammar,
  tokens: ArrayLike<number>,
  check: () => void = () => undefined,
): NextTokens {
  const inside = new Inside(grammar, tokens, check);
  const { length, spans } = inside.chart;
  const { vocabulary, rules, root, firstTerminal, bottomUp } = grammar;
  const expected = grammar.symbols.map(() => new Row(length));
  expected[root].values[0] = 1;
  expected[root].low = expected[root].high = 0;
  const parts = [new Row(length), new Row(length)];
  for (const symbol of [...bottomUp].reverse()) {
    for (const rule of rules[symbol]) {
      check();
      let [done, next] = parts;
      copy(expected[symbol], done, 1 / rules[symbol].length);
      for (const [index, part] of rule.entries()) {
        addRow(done, expected[part]);
        if (index === rule.length - 1) break;
        next.clear();
        done.continueInto(next, spans[part]);
        [done, next] = [next, done];
      }
    }
  }
  const probabilities = new Float64Array((length + 1) * vocabulary);
  let deadAt: number | undefined;
  for (let prefix = 0; prefix <= length; prefix++) {
    const row = probabilities.subarray(prefix * vocabulary, (prefix + 1) * vocabulary);
    for (let token = 1; token < vocabulary - 1; token++)
      row[token] = expected[firstTerminal + token - 1].values[prefix];
    row[vocabulary - 1] = spans[root].at(0, prefix);
    const mass = row.reduce((total, value) => total + value, 0);
    if (mass > 0) for (let token = 0; token < vocabulary; token++) row[token] /= mass;
    else deadAt ??= prefix;
  }
  return { probabilities, vocabulary, deadAt, logProbability: inside.logProbability };
}

function copy(from: Row, to: Row, factor: number): void {
  to.clear();
  for (let end = from.low; end <= from.high; end++) to.values[end] = factor * from.values[end];
  to.low = from.low;
  to.high = from.high;
}

function addRow(from: Row, to: Row): void {
  for (let end = from.low; end <= from.high; end++) to.values[end] += from.values[end];
  to.low = Math.min(to.low, from.low);
  to.high = Math.max(to.high, from.high);
}
