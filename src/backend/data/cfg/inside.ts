// The inside algorithm (Baker 1979): the probability of a string, summed over its trees.
import { fillChart, type Chart } from './chart';
import { grammarError } from './definitions';
import type { Grammar } from './grammar';

/** The probabilities of one string under a grammar, in float64. */
export class Inside {
  /** Each value is e^(logScale · length of the stretch) times a probability. */
  readonly chart: Chart;
  readonly logScale: number;

  /**
   * @param tokens terminals as token ids
   * @param check as in `fillChart`
   * @throws SubtextError `grammar` when float64 cannot hold the grammar's probabilities
   */
  constructor(
    readonly grammar: Grammar,
    readonly tokens: ArrayLike<number>,
    check?: () => void,
  ) {
    this.logScale = logScaleOf(grammar);
    const { rules } = grammar;
    const weight = Math.exp(this.logScale);
    this.chart = fillChart(grammar, tokens, weight, (symbol) => 1 / rules[symbol].length, undefined, check);
  }

  /** log P(string) in nats, summed over its trees; -Infinity when it is not in the language. */
  get logProbability(): number {
    const { length } = this.chart;
    return Math.log(this.chart.spans[this.grammar.root].at(0, length)) - this.logScale * length;
  }
}

/** Whether the grammar makes this string; at once where its length alone forbids it. */
export function isInLanguage(grammar: Grammar, tokens: ArrayLike<number>): boolean {
  if (tokens.length < grammar.minLength || tokens.length > grammar.maxLength) return false;
  return new Inside(grammar, tokens).logProbability > -Infinity;
}

/** How many trees a string has, 0 when it is not in the language; exact up to 2^53. @param check as in `fillChart` */
export function countTrees(grammar: Grammar, tokens: ArrayLike<number>, check?: () => void): number {
  return fillChart(grammar, tokens, 1, () => 1, undefined, check).spans[grammar.root].at(0, tokens.length);
}

/** Nats that a value of the chart may be away from 1: float64 goes to 700, and prefixes take a part of that. */
const MAX_LOG = 600;

const scales = new WeakMap<Grammar, number>();

/**
 * What a terminal is multiplied by, as a logarithm: so that the values of all derivations lie as far below 1 as above.
 * Probabilities themselves would underflow after some hundred tokens.
 * @throws SubtextError `grammar` when float64 cannot hold the grammar's probabilities
 */
export function logScaleOf(grammar: Grammar): number {
  let scale = scales.get(grammar);
  if (scale === undefined) {
    // Each choice among d rules takes log d, and a terminal has at most one choice for each symbol above it.
    let [below, above] = [0, Math.log(2) * grammar.bottomUp.length];
    for (let round = 0; round < 60; round++) {
      scale = (below + above) / 2;
      const { least, most } = extremes(grammar, scale);
      if (least + most < 0) below = scale;
      else above = scale;
    }
    scale = (below + above) / 2;
    const { least, most } = extremes(grammar, scale);
    if (Math.max(most, -least) > MAX_LOG) {
      const range = `e^${Math.round(most - least)}`;
      const what = `has strings whose probabilities, at equal lengths, are ${range} apart`;
      throw grammarError(
        grammar.name,
        what,
        'No computation of theirs is possible; make its rules more alike.',
      );
    }
    scales.set(grammar, scale);
  }
  return scale;
}

/** The extremes of log P + scale · length over all derivations of all symbols, halfway through their rules too. */
function extremes(grammar: Grammar, scale: number): { least: number; most: number } {
  let [least, most] = [0, 0];
  const foldOf = (choose: (a: number, b: number) => number) =>
    grammar.fold(
      () => scale,
      (parts) =>
        parts.reduce((before, part) => {
          least = Math.min(least, before + part);
          most = Math.max(most, before + part);
          return before + part;
        }),
      (rules) => rules.reduce((a, b) => choose(a, b)) - Math.log(rules.length),
    );
  foldOf(Math.min);
  foldOf(Math.max);
  return { least, most };
}
