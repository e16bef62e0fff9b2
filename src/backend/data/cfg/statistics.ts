// What a grammar's strings are like, computed exactly from its rules.
import { sum, type Grammar } from './grammar';

export interface GrammarStatistics {
  /** Terminals of a string: mean, standard deviation, extremes. */
  meanLength: number;
  deviation: number;
  minLength: number;
  maxLength: number;
  /** Entropy of the derivation tree in nats; that of the string where no string has two trees, and above it elsewhere. */
  entropy: number;
  /** The same over mean length + 1: for each token that a model predicts in a string read from begin of text on. */
  entropyPerToken: number;
  /** The same over mean length + 2: for each token of a stream of samples, where begin of text is one more token. */
  entropyPerStreamToken: number;
  /** Derivation trees, as a logarithm to the base 10. */
  logTrees: number;
}

export function grammarStatistics(grammar: Grammar): GrammarStatistics {
  const { root, rules } = grammar;
  const mean = (values: readonly number[]) => sum(values) / values.length;
  const none = () => 0;
  const means = grammar.fold(() => 1, sum, mean);
  // Within a rule the parts are independent; between rules the means differ.
  const variances = new Float64Array(means.length);
  const entropies = grammar.fold(none, sum, (choices) => Math.log(choices.length) + mean(choices));
  for (const symbol of grammar.bottomUp) {
    if (rules[symbol].length === 0) continue;
    const within = rules[symbol].map((rule) => sum(rule.map((part) => variances[part])));
    const between = rules[symbol].map((rule) => (sum(rule.map((part) => means[part])) - means[symbol]) ** 2);
    variances[symbol] = mean(within) + mean(between);
  }
  const trees = grammar.fold(none, sum, logSumExp);
  const [meanLength, entropy] = [means[root], entropies[root]];
  return {
    meanLength,
    deviation: Math.sqrt(variances[root]),
    minLength: grammar.minLength,
    maxLength: grammar.maxLength,
    entropy,
    entropyPerToken: entropy / (meanLength + 1),
    entropyPerStreamToken: entropy / (meanLength + 2),
    logTrees: trees[root] / Math.LN10,
  };
}

function logSumExp(values: readonly number[]): number {
  const largest = values.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(sum(values.map((value) => Math.exp(value - largest))));
}
