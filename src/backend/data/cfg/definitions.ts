// A grammar as it is written: symbols with their places.
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

/** What a text says, right or wrong. */
export interface WrittenGrammar {
  /** The first is the root's. */
  definitions: Definition[];
  /** The terminals that the text names, in the order of their tokens; undefined where it names none. */
  terminals?: WrittenSymbol[];
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

/** The names of the terminals: those that are written, or all symbols without a definition. */
export function terminalNames({ definitions, terminals }: WrittenGrammar): string[] {
  if (terminals) return terminals.map(({ name }) => name);
  const defined = new Set(definitions.map(({ symbol }) => symbol.name));
  const used = definitions.flatMap(({ rules }) => rules.flat().map(({ name }) => name));
  const found = [...new Set(used)].filter((symbol) => !defined.has(symbol));
  // In the order of their numbers where all are numbers, else as they are first used.
  const areNumbers = found.every((terminal) => /^\d+$/.test(terminal));
  return areNumbers ? found.sort((a, b) => Number(a) - Number(b)) : found;
}
