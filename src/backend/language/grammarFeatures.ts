// What the editor shows of a grammar: its symbols, where each is defined, what it can become, and what is wrong.
import {
  DiagnosticSeverity,
  SymbolKind,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type Position,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Definition, WrittenGrammar, WrittenSymbol } from '../data/cfg/definitions';
import { expansionsOf, type Expansions } from '../data/cfg/expansions';
import type { Grammar } from '../data/cfg/grammar';
import type { GrammarProblem } from '../data/cfg/problems';
import { code } from '../server/hover';
import type { OpenGrammars } from './grammars';

/** A text that is no grammar has a problem on every line. */
const MAX_PROBLEMS = 500;

export function grammarDiagnostics(grammars: OpenGrammars, document: TextDocument): Diagnostic[] {
  // A file that was just made is not wrong yet.
  if (document.getText().trim() === '') return [];
  return grammars
    .check(document)
    .problems.slice(0, MAX_PROBLEMS)
    .map(({ at, severity, kind, message, remedy }: GrammarProblem) => ({
      range: at ? rangeOf(at) : { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
      severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      source: 'Subtext',
      code: kind,
      message: at ? `${message}. ${remedy}` : `The grammar ${message}. ${remedy}`,
    }));
}

/** Levels with their symbols; the symbols alone where there are no levels. */
export function grammarSymbols(grammars: OpenGrammars, document: TextDocument): DocumentSymbol[] {
  const { grammar, written } = grammars.check(document);
  const symbols = new Map<string, DocumentSymbol>();
  for (const definition of written.definitions) {
    const { symbol } = definition;
    if (symbols.has(symbol.name)) continue;
    symbols.set(symbol.name, {
      name: symbol.name,
      detail: counted(definition.rules.length, 'rule'),
      kind: SymbolKind.Class,
      range: { start: rangeOf(symbol).start, end: endOf(definition) },
      selectionRange: rangeOf(symbol),
    });
  }
  if (!grammar?.levels) return [...symbols.values()];
  const firstUses = usesByName(written);
  return grammar.levels.map((level, index) => {
    const children = level.map((symbol): DocumentSymbol => {
      const name = grammar.symbols[symbol];
      const range = rangeOf(firstUses.get(name)!);
      return (
        symbols.get(name) ?? {
          name,
          detail: 'terminal',
          kind: SymbolKind.Constant,
          range,
          selectionRange: range,
        }
      );
    });
    const [first] = children;
    const isLast = index === grammar.levels!.length - 1;
    return {
      name: `Level ${index + 1}`,
      detail: counted(level.length, isLast ? 'terminal' : 'symbol'),
      kind: SymbolKind.Namespace,
      // Terminals stand in the rules above: their own stretch would hold other levels.
      range: isLast ? first.range : spanned(children),
      selectionRange: first.selectionRange,
      children,
    };
  });
}

/** The left-hand side of the symbol at a place; for a terminal its place in the list of terminals. */
export function grammarDefinition(
  grammars: OpenGrammars,
  document: TextDocument,
  position: Position,
): Range | undefined {
  const { written } = grammars.check(document);
  const symbol = symbolAt(written, position);
  if (!symbol) return undefined;
  const named = [...written.definitions.map((each) => each.symbol), ...(written.terminals ?? [])];
  const found = named.find(({ name }) => name === symbol.name);
  return found && rangeOf(found);
}

export function grammarHover(
  grammars: OpenGrammars,
  document: TextDocument,
  position: Position,
): Hover | undefined {
  const { grammar, written } = grammars.check(document);
  const at = symbolAt(written, position);
  if (!at) return undefined;
  const definition = written.definitions.find(({ symbol }) => symbol.name === at.name);
  const lines = [code(at.name) + facts(grammar, written, at.name, definition)];
  if (definition) lines.push(['```', ruleText(definition), '```'].join('\n'));
  const symbol = grammar?.symbols.indexOf(at.name);
  if (grammar && definition && symbol !== undefined) lines.push(expansionText(expansionsOf(grammar, symbol)));
  return { contents: { kind: 'markdown', value: lines.join('\n\n') }, range: rangeOf(at) };
}

function facts(
  grammar: Grammar | undefined,
  written: WrittenGrammar,
  name: string,
  definition: Definition | undefined,
): string {
  const symbol = grammar?.symbols.indexOf(name) ?? -1;
  const level = grammar?.levels?.findIndex((symbols) => symbols.includes(symbol)) ?? -1;
  const words: string[] = [];
  if (grammar && symbol === grammar.root) words.push('root');
  if (level >= 0) words.push(`level ${level + 1} of ${grammar!.levels!.length}`);
  if (definition) words.push(counted(definition.rules.length, 'rule'));
  else if (grammar && symbol >= 0) words.push('terminal', `token ${symbol - grammar.firstTerminal + 1}`);
  const uses = written.definitions.flatMap(({ rules }) => rules.flat()).filter((part) => part.name === name);
  words.push(`used ${counted(uses.length, 'time')}`);
  return ` ${words.join(', ')}`;
}

function expansionText({ shortest, longest, trees, logTrees, strings }: Expansions): string {
  const length = shortest === longest ? counted(shortest, 'terminal') : `${shortest} to ${longest} terminals`;
  const treeText = trees === undefined ? `10^${logTrees.toFixed(1)} trees` : counted(trees, 'tree');
  const several =
    strings === undefined
      ? ''
      : strings === trees
        ? ', each of another string'
        : `, ${counted(strings, 'string')}`;
  return `${length}; ${treeText}${several}`;
}

const MAX_RULE_CHARACTERS = 2000;

function ruleText({ symbol, rules }: Definition): string {
  const sides = rules.map((rule) => rule.map(({ name }) => name).join(' ')).join(' | ');
  return `${symbol.name} -> ${sides}`.slice(0, MAX_RULE_CHARACTERS).replaceAll('```', '');
}

function symbolAt(
  { definitions, terminals }: WrittenGrammar,
  { line, character }: Position,
): WrittenSymbol | undefined {
  const isThere = (symbol: WrittenSymbol) =>
    symbol.line === line + 1 &&
    symbol.column <= character + 1 &&
    character + 1 <= symbol.column + symbol.name.length;
  for (const { symbol, rules } of definitions) {
    const found = isThere(symbol) ? symbol : rules.flat().find(isThere);
    if (found) return found;
  }
  return terminals?.find(isThere);
}

/** Where each symbol stands first, in the list of terminals before all. */
function usesByName({ definitions, terminals = [] }: WrittenGrammar): Map<string, WrittenSymbol> {
  const all = [...definitions.flatMap(({ symbol, rules }) => [symbol, ...rules.flat()]).reverse()];
  return new Map([...all, ...terminals].map((symbol) => [symbol.name, symbol]));
}

function endOf({ symbol, rules }: Definition): Position {
  return rangeOf(rules.flat().at(-1) ?? symbol).end;
}

function rangeOf({ name, line, column }: WrittenSymbol): Range {
  const start = { line: line - 1, character: column - 1 };
  return { start, end: { line: line - 1, character: column - 1 + name.length } };
}

function spanned(symbols: readonly DocumentSymbol[]): Range {
  const starts = symbols.map(({ range }) => range.start);
  const ends = symbols.map(({ range }) => range.end);
  return {
    start: starts.reduce((a, b) => (later(a, b) === a ? b : a)),
    end: ends.reduce((a, b) => later(a, b)),
  };
}

function later(one: Position, other: Position): Position {
  const isLater = one.line > other.line || (one.line === other.line && one.character >= other.character);
  return isLater ? one : other;
}

export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
