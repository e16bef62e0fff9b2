// What each symbol of a grammar can become, counted.
import { sum, type Grammar } from './grammar';

/** Strings are told apart one by one, up to so many trees, and characters that are put together for it. */
const MAX_ENUMERATED = 5000;
const MAX_CHARACTERS = 5_000_000;
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
    ...(trees <= MAX_ENUMERATED && { strings: new Enumeration(grammar).of(symbol)?.size }),
  };
}

/** All strings of symbols, each symbol looked at once. */
class Enumeration {
  private readonly known = new Map<number, Set<string>>();
  private characters = 0;

  constructor(private readonly grammar: Grammar) {}

  /** @returns undefined where it would take too much */
  of(symbol: number): Set<string> | undefined {
    const before = this.known.get(symbol);
    if (before) return before;
    const { symbols, firstTerminal, rules } = this.grammar;
    const found = new Set<string>();
    if (symbol >= firstTerminal) found.add(symbols[symbol]);
    else {
      for (const rule of rules[symbol]) {
        const strings = this.ofAll(rule);
        if (!strings) return undefined;
        for (const string of strings) found.add(string);
      }
    }
    this.known.set(symbol, found);
    return found;
  }

  private ofAll([head, ...rest]: readonly number[]): Iterable<string> | undefined {
    let strings: Iterable<string> | undefined = this.of(head);
    for (const part of rest) {
      const behind = strings && this.of(part);
      if (!strings || !behind) return undefined;
      const longer: string[] = [];
      for (const first of strings) {
        for (const second of behind) {
          this.characters += first.length + second.length + 1;
          if (this.characters > MAX_CHARACTERS) return undefined;
          longer.push(`${first} ${second}`);
        }
      }
      strings = longer;
    }
    return strings;
  }
}

function product(parts: readonly number[]): number {
  return parts.reduce((total, part) => total * part, 1);
}
