// A context-free grammar whose language is finite: no symbol leads back to itself. Rules of a symbol are equally likely.
import {
  checkTerminals,
  findTerminals,
  grammarError,
  indexDefinitions,
  place,
  readRules,
  type Definition,
  type WrittenSymbol,
} from './definitions';

/** The papers' grammars have 27 symbols at most; beyond this a file is no grammar that anybody can look at. */
const MAX_SYMBOLS = 10_000;
/** Trees are walked recursively. */
const MAX_DEPTH = 500;
/** The longest string of cfg3j has 2052 symbols; the table that a string is parsed with grows with the square. */
const MAX_LENGTH = 10_000;

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
  private readonly notLayered: string = '';

  /**
   * @param definitions the first is the root's
   * @param terminals in the order of their tokens; without it all symbols that have no definition
   * @throws SubtextError `grammar` for what is no grammar of a finite language
   */
  constructor(
    readonly name: string,
    definitions: readonly Definition[],
    terminals?: readonly WrittenSymbol[],
  ) {
    const defined = indexDefinitions(name, definitions);
    const tokens = terminals ? checkTerminals(name, terminals, defined) : findTerminals(definitions, defined);
    this.firstTerminal = definitions.length;
    this.symbols = [...defined.keys(), ...tokens];
    if (this.symbols.length > MAX_SYMBOLS)
      throw grammarError(name, `has ${this.symbols.length} symbols`, `Grammars have up to ${MAX_SYMBOLS}.`);
    const indices = new Map(this.symbols.map((symbol, index) => [symbol, index]));
    this.rules = [...definitions.map((each) => readRules(name, each, indices)), ...tokens.map(() => [])];
    this.checkReach(definitions, terminals);
    this.bottomUp = this.order(definitions);
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
    const levels = this.findLevels(definitions);
    if (typeof levels === 'string') this.notLayered = levels;
    else this.levels = levels;
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
    throw grammarError(
      this.name,
      this.notLayered,
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

  private checkReach(definitions: readonly Definition[], terminals: readonly WrittenSymbol[] = []): void {
    const reached = new Set([this.root]);
    for (const symbol of reached)
      for (const rule of this.rules[symbol]) for (const part of rule) reached.add(part);
    const written = [...definitions.map(({ symbol }) => symbol), ...terminals];
    const lost = written.find((_, index) => !reached.has(index));
    if (!lost) return;
    const what = `${lost.name} cannot be reached from the root ${this.symbols[this.root]}`;
    throw grammarError(
      place(this.name, lost),
      what,
      'The root is the first left-hand side; remove what it never becomes.',
    );
  }

  /** Symbols are taken once all that they lead to are; what then is left leads back to itself. */
  private order(definitions: readonly Definition[]): number[] {
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
    if (order.length < this.symbols.length) {
      const cycle = findCycle(this.rules, waiting);
      const names = cycle.map((symbol) => this.symbols[symbol]).join(' → ');
      const { symbol } = definitions[cycle[0]];
      throw grammarError(
        place(this.name, symbol),
        `${symbol.name} leads back to itself (${names})`,
        'Break the circle.',
      );
    }
    if (depths[this.root] > MAX_DEPTH)
      throw grammarError(
        this.name,
        `has trees of ${depths[this.root]} levels`,
        `Up to ${MAX_DEPTH} are possible.`,
      );
    return order;
  }

  /** The levels, or why there are none. */
  private findLevels(definitions: readonly Definition[]): number[][] | string {
    const levelOf = this.symbols.map(() => 0);
    const at = (symbol: number) => `${this.symbols[symbol]} stands on level ${levelOf[symbol]}`;
    levelOf[this.root] = 1;
    for (const symbol of [...this.bottomUp].reverse()) {
      const level = levelOf[symbol] + 1;
      for (const [rule, parts] of this.rules[symbol].entries()) {
        for (const [index, part] of parts.entries()) {
          const { line, column } = (definitions[symbol].rules[rule] ?? [])[index];
          if (levelOf[part] !== 0 && levelOf[part] !== level)
            return `is not layered: ${at(part)} and, at line ${line}, column ${column}, on level ${level}`;
          levelOf[part] = level;
        }
      }
    }
    const last = Math.max(...levelOf);
    const early = this.symbols.findIndex(
      (_, symbol) => symbol >= this.firstTerminal && levelOf[symbol] < last,
    );
    if (early >= 0) return `is not layered: ${at(early)} and has no rules; the last level is ${last}`;
    return Array.from({ length: last }, (_, index) =>
      this.symbols.flatMap((_, symbol) => (levelOf[symbol] === index + 1 ? [symbol] : [])),
    );
  }
}

export function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}

/** Follows symbols that are left over, each of which leads to another one, until one comes again. */
function findCycle(rules: Grammar['rules'], waiting: readonly number[]): number[] {
  const path = [waiting.findIndex((count) => count > 0)];
  for (;;) {
    const next = rules[path.at(-1)!].flat().find((part) => waiting[part] > 0)!;
    const start = path.indexOf(next);
    path.push(next);
    if (start >= 0) return path.slice(start);
  }
}
