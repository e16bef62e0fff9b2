// A grammar as it is written: symbols with their places, and what can be wrong with them before anything is computed.
import { SubtextError } from '../../errors';

/** A symbol as it was written, with its place for messages (both count from 1). */
export interface WrittenSymbol {
  name: string;
  line: number;
  column: number;
}

/** A left-hand side with its right-hand sides. */
export interface Definition {
  symbol: WrittenSymbol;
  rules: WrittenSymbol[][];
}

/** Words that cannot be symbols: they begin and end every sample as tokens. */
export const BEGIN = '<bos>';
export const END = '<eos>';

/** @param where the grammar, or a place in it */
export function grammarError(where: string, what: string, remedy: string): SubtextError {
  return new SubtextError('grammar', `${where} ${what}`, remedy);
}

export function place(name: string, { line, column }: { line: number; column: number }): string {
  return `${name}, line ${line}, column ${column}:`;
}

/** Definitions by their symbols. @throws SubtextError `grammar` where there are none, or two of one symbol */
export function indexDefinitions(name: string, definitions: readonly Definition[]): Map<string, Definition> {
  if (definitions.length === 0) throw grammarError(name, 'has no rules', 'Write them as a -> b c | c b.');
  const defined = new Map<string, Definition>();
  for (const definition of definitions) {
    const { symbol } = definition;
    const first = defined.get(symbol.name)?.symbol;
    if (first) {
      const what = `${symbol.name} is defined for the second time, first on line ${first.line}`;
      throw grammarError(place(name, symbol), what, 'Put all of its rules together, with | between them.');
    }
    defined.set(symbol.name, definition);
  }
  return defined;
}

/** The names of terminals that a grammar lists. @throws SubtextError `grammar` */
export function checkTerminals(
  name: string,
  terminals: readonly WrittenSymbol[],
  defined: ReadonlyMap<string, Definition>,
): string[] {
  const seen = new Set<string>();
  for (const terminal of terminals) {
    const wrong = defined.has(terminal.name)
      ? 'is a terminal and has rules'
      : 'stands among the terminals twice';
    if (defined.has(terminal.name) || seen.has(terminal.name))
      throw grammarError(place(name, terminal), `${terminal.name} ${wrong}`, 'Remove one of the two.');
    seen.add(terminal.name);
  }
  return [...seen];
}

/** Symbols without a definition: in the order of their numbers where all are numbers, else as they are first used. */
export function findTerminals(
  definitions: readonly Definition[],
  defined: ReadonlyMap<string, Definition>,
): string[] {
  const used = definitions.flatMap(({ rules }) => rules.flat().map(({ name }) => name));
  const terminals = [...new Set(used)].filter((symbol) => !defined.has(symbol));
  const areNumbers = terminals.every((terminal) => /^\d+$/.test(terminal));
  return areNumbers ? terminals.sort((a, b) => Number(a) - Number(b)) : terminals;
}

/** Right-hand sides as indices of symbols. @throws SubtextError `grammar` for empty, repeated and unknown ones */
export function readRules(
  name: string,
  { symbol, rules }: Definition,
  indices: ReadonlyMap<string, number>,
): number[][] {
  const seen = new Set<string>();
  return rules.map((rule) => {
    if (rule.length === 0)
      throw grammarError(
        place(name, symbol),
        `${symbol.name} has an empty rule`,
        'Every rule needs a symbol.',
      );
    const text = rule.map((part) => part.name).join(' ');
    if (seen.has(text))
      throw grammarError(
        place(name, rule[0]),
        `${symbol.name} has the rule ${text} twice`,
        'Remove one of them.',
      );
    seen.add(text);
    return rule.map((part) => {
      const index = indices.get(part.name);
      if (index !== undefined && part.name !== BEGIN && part.name !== END) return index;
      const what = index === undefined ? 'has no rules and is not among the terminals' : 'cannot be a symbol';
      throw grammarError(place(name, part), `${part.name} ${what}`, 'Correct its name, or define it.');
    });
  });
}
