// What each symbol of a grammar can become, counted.
import { sum, type Grammar } from './grammar';

/** Strings are told apart one by one, up to so many trees. */
const MAX_ENUMERATED = 5000;
/** Whole numbers are exact up to here. */
const MAX_EXACT = 2 ** 53;

export interface Expansions {
  /** Terminals of the shortest and the longest string. */
  shortest: number;
  longest: number;
  /** Derivations; undefined where they are too many to be counted exactly. */
  trees?: number;
  /** Of the number of derivations, to the base 10. */
  logTrees: number;
  /** Different strings; undefined where there are too many to look at each. */
  strings?: number;
}

/** @param symbol index into `Grammar.symbols` */
export function expansionsOf(grammar: Grammar, symbol: number): Expansions {
  const trees = grammar.fold(() => 1, product, sum)[symbol];
  const logTrees = grammar.fold(
    () => 0,
    sum,
    (rules) => {
      const largest = rules.reduce((a, b) => Math.max(a, b));
      return largest + Math.log10(sum(rules.map((value) => 10 ** (value - largest))));
    },
  )[symbol];
  return {
    shortest: grammar.minLengths[symbol],
    longest: grammar.maxLengths[symbol],
    ...(trees <= MAX_EXACT && { trees }),
    logTrees,
    ...(trees <= MAX_ENUMERATED && { strings: stringsOf(grammar, symbol, new Map()).size }),
  };
}

function stringsOf(grammar: Grammar, symbol: number, known: Map<number, Set<string>>): Set<string> {
  const before = known.get(symbol);
  if (before) return before;
  const found = new Set<string>();
  known.set(symbol, found);
  if (symbol >= grammar.firstTerminal) return found.add(grammar.symbols[symbol]);
  for (const rule of grammar.rules[symbol]) {
    let strings = [''];
    for (const part of rule) {
      const behind = [...stringsOf(grammar, part, known)];
      strings = strings.flatMap((first) => behind.map((second) => `${first} ${second}`));
    }
    for (const string of strings) found.add(string.trimStart());
  }
  return found;
}

function product(parts: readonly number[]): number {
  return parts.reduce((total, part) => total * part, 1);
}
