// A context-free grammar whose language is finite: no symbol leads back to itself. Rules of a symbol are equally likely.
import {
  grammarError,
  place,
  terminalNames,
  type Definition,
  type WrittenGrammar,
  type WrittenSymbol,
} from './definitions';

/** The papers' grammars have 27 symbols at most; beyond this a file is no grammar that anybody can look at. */
const MAX_SYMBOLS = 10_000;
/** Trees are walked recursively. */
const MAX_DEPTH = 500;
/** The longest string of cfg3j has 2052 symbols; the table that a string is parsed with grows with the square. */
const MAX_LENGTH = 10_000;

/** A symbol that keeps a grammar from having levels, where it is used. */
export interface LevelMisfit {
  at: WrittenSymbol;
  message: string;
}

export class Grammar {
  /** Names by symbol: left-hand sides in the order of their definitions, then terminals in the order of their tokens. */
  readonly symbols: readonly string[];
  /** By symbol its right-hand sides, each a list of symbols; none for terminals. */
  readonly rules: readonly (readonly (readonly number[])[])[];
  readonly root = 0;
  /** Symbols below this have rules; token t ≥ 1 is the symbol `firstTerminal + t - 1`. */
  readonly firstTerminal: number;
  /** All symbols, each behind those of its right-hand sides. */
  readonly bottomUp: readonly number[];
  /** By symbol: the fewest and most terminals that it can become. */
  readonly minLengths: Float64Array;
  readonly maxLengths: Float64Array;
  /**
   * Symbols by level, the root's first, where every rule leads from a level to the next and all terminals stand on the
   * last; undefined for other grammars, which have no truncated forms and no labels by level.
   */
  readonly levels: readonly (readonly number[])[] | undefined;
  /** Why there are no levels. */
  readonly misfits: readonly LevelMisfit[];

  /**
   * @param written in which `checkGrammar` found no error
   * @throws SubtextError `grammar` for a grammar that is too large
   */
  constructor(
    readonly name: string,
    written: WrittenGrammar,
  ) {
    const { definitions } = written;
    const tokens = terminalNames(written);
    this.firstTerminal = definitions.length;
    this.symbols = [...definitions.map(({ symbol }) => symbol.name), ...tokens];
    if (this.symbols.length > MAX_SYMBOLS)
      throw grammarError(name, `has ${this.symbols.length} symbols`, `Grammars have up to ${MAX_SYMBOLS}.`);
    const indices = new Map(this.symbols.map((symbol, index) => [symbol, index]));
    const toIndices = (rule: readonly WrittenSymbol[]) => rule.map((part) => indices.get(part.name)!);
    this.rules = [...definitions.map(({ rules }) => rules.map(toIndices)), ...tokens.map(() => [])];
    this.bottomUp = this.order();
    this.minLengths = this.fold(
      () => 1,
      sum,
      (rules) => rules.reduce((a, b) => Math.min(a, b)),
    );
    this.maxLengths = this.fold(
      () => 1,
      sum,
      (rules) => rules.reduce((a, b) => Math.max(a, b)),
    );
    if (this.maxLengths[this.root] > MAX_LENGTH) {
      const longest = this.maxLengths[this.root].toPrecision(3);
      throw grammarError(name, `has strings of ${longest} symbols`, `Up to ${MAX_LENGTH} are possible.`);
    }
    const { levelOf, misfits } = this.findLevels(definitions);
    this.misfits = misfits;
    if (misfits.length > 0) return;
    this.levels = Array.from({ length: Math.max(...levelOf) }, (_, index) =>
      this.symbols.flatMap((_, symbol) => (levelOf[symbol] === index + 1 ? [symbol] : [])),
    );
  }

  /** How many tokens a model of this grammar has: begin of text, the terminals, end of text. */
  get vocabulary(): number {
    return this.terminalCount + 2;
  }

  get terminalCount(): number {
    return this.symbols.length - this.firstTerminal;
  }

  /** Terminals of the shortest and the longest string. */
  get minLength(): number {
    return this.minLengths[this.root];
  }

  get maxLength(): number {
    return this.maxLengths[this.root];
  }

  /** The levels. @throws SubtextError `grammar` where there are none */
  requireLevels(): readonly (readonly number[])[] {
    if (this.levels) return this.levels;
    const [{ at, message }] = this.misfits;
    throw grammarError(
      place(this.name, at),
      `${message}: it is not layered`,
      'This needs a grammar whose rules lead from level to level.',
    );
  }

  /**
   * A value for each symbol, from the leaves up.
   * @param join of the values of a rule's symbols
   * @param choose of the joined values of a symbol's rules
   */
  fold(
    leaf: (terminal: number) => number,
    join: (parts: number[]) => number,
    choose: (rules: number[]) => number,
  ): Float64Array {
    const values = new Float64Array(this.symbols.length);
    for (const symbol of this.bottomUp) {
      const rules = this.rules[symbol].map((rule) => join(rule.map((part) => values[part])));
      values[symbol] = rules.length === 0 ? leaf(symbol) : choose(rules);
    }
    return values;
  }

  /** Symbols are taken once all that they lead to are. */
  private order(): number[] {
    const users: number[][] = this.symbols.map(() => []);
    const waiting = this.rules.map((rules, symbol) => {
      const parts = new Set(rules.flat());
      for (const part of parts) users[part].push(symbol);
      return parts.size;
    });
    const depths = this.symbols.map(() => 1);
    const order = this.symbols.map((_, symbol) => symbol).filter((symbol) => waiting[symbol] === 0);
    for (const symbol of order) {
      for (const user of users[symbol]) {
        depths[user] = Math.max(depths[user], depths[symbol] + 1);
        if (--waiting[user] === 0) order.push(user);
      }
    }
    if (depths[this.root] > MAX_DEPTH)
      throw grammarError(
        this.name,
        `has trees of ${depths[this.root]} levels`,
        `Up to ${MAX_DEPTH} are possible.`,
      );
    return order;
  }

  /** By symbol the level on which it is used most often, and the places that do not fit. */
  private findLevels(definitions: readonly Definition[]): { levelOf: number[]; misfits: LevelMisfit[] } {
    const uses: { at: WrittenSymbol; here: number }[][] = this.symbols.map(() => []);
    const levelOf = this.symbols.map(() => 1);
    // From the root down: where a symbol is used is known before the symbols that it leads to are looked at.
    for (const symbol of [...this.bottomUp].reverse()) {
      if (symbol !== this.root) levelOf[symbol] = mostFrequent(uses[symbol].map(({ here }) => here));
      for (const [rule, parts] of this.rules[symbol].entries())
        for (const [index, part] of parts.entries())
          uses[part].push({ at: definitions[symbol].rules[rule][index], here: levelOf[symbol] + 1 });
    }
    const last = levelOf.reduce((a, b) => Math.max(a, b));
    const misfits = this.symbols.flatMap((name, symbol) => {
      const level = levelOf[symbol];
      const isEarly = symbol >= this.firstTerminal && level < last;
      return uses[symbol].flatMap(({ at, here }): LevelMisfit[] => {
        if (here !== level)
          return [{ at, message: `${name} stands on level ${here} here and on level ${level} elsewhere` }];
        if (!isEarly) return [];
        return [
          { at, message: `${name} has no rules and stands on level ${level}; the last level is ${last}` },
        ];
      });
    });
    return { levelOf, misfits };
  }
}

/** Of several that are as frequent, the first. */
function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

export function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}
