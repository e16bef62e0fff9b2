// Grammars as text: a line for each left-hand side, `22 -> 21 20 | 20 19`.
import type { Definition, WrittenGrammar, WrittenSymbol } from './definitions';
import type { Grammar } from './grammar';
import {
  checkGrammar,
  firstError,
  problem,
  problemError,
  type CheckedGrammar,
  type GrammarProblem,
} from './problems';

/** Longer files are none that a person wrote. */
export const MAX_CHARACTERS = 1_000_000;

const PIECES = /#[^\r\n]*|->|→|\||;|(?:(?!->|→)[^\s|;#])+/g;
const TERMINALS = 'terminals:';

/**
 * Reads a grammar: `a -> b c | c b`, one left-hand side a line (or several with `;` between them), the root's first.
 * Symbols are any words; those without rules are the terminals. A line `terminals: x y z` names these, which fixes the
 * order of their tokens, and makes every other symbol without rules an error. `#` begins a comment.
 * @param name for messages
 * @throws SubtextError `grammar` with line and column
 */
export function readGrammar(text: string, name: string): Grammar {
  const { grammar, problems } = checkGrammarText(text, name);
  if (grammar) return grammar;
  throw problemError(name, firstError(problems)!);
}

/** The same for whoever wants all problems, and what is written where; what is wrong is passed over. */
export function checkGrammarText(text: string, name: string): CheckedGrammar & { written: WrittenGrammar } {
  if (text.length > MAX_CHARACTERS) {
    const what = `has ${text.length} characters`;
    const problems = [problem('size', undefined, what, `Grammars have up to ${MAX_CHARACTERS}.`)];
    return { problems, written: { definitions: [] } };
  }
  const written: WrittenGrammar = { definitions: [] };
  const unread: { problems: GrammarProblem[]; symbols: WrittenSymbol[] } = { problems: [], symbols: [] };
  for (const pieces of statements(text)) {
    const problems =
      pieces[0].name === TERMINALS ? readTerminals(pieces, written) : readRule(pieces, written);
    if (problems.length === 0) continue;
    for (const each of problems) unread.problems.push(each);
    for (const piece of pieces) if (!isSign(piece)) unread.symbols.push(piece);
  }
  return { ...checkGrammar(name, written, unread), written };
}

/** A text that `readGrammar` reads as the same grammar. */
export function writeGrammar({ symbols, rules, firstTerminal }: Grammar): string {
  const words = (of: readonly number[]) => of.map((symbol) => symbols[symbol]).join(' ');
  const lines = rules
    .slice(0, firstTerminal)
    .map((sides, symbol) => `${symbols[symbol]} -> ${sides.map(words).join(' | ')}`);
  return [...lines, `${TERMINALS} ${symbols.slice(firstTerminal).join(' ')}`, ''].join('\n');
}

/** Words and signs with their places, a list for each line or part of it. */
function* statements(text: string): Generator<WrittenSymbol[]> {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    let pieces: WrittenSymbol[] = [];
    for (const { 0: piece, index: column } of line.matchAll(PIECES)) {
      if (piece.startsWith('#')) break;
      if (piece !== ';') pieces.push({ name: piece, line: index + 1, column: column + 1 });
      else if (pieces.length > 0) {
        yield pieces;
        pieces = [];
      }
    }
    if (pieces.length > 0) yield pieces;
  }
}

function readTerminals([first, ...rest]: WrittenSymbol[], written: WrittenGrammar): GrammarProblem[] {
  const problems = rest
    .filter(isSign)
    .map((sign) => problem('syntax', sign, `${sign.name} stands among terminals`, 'Remove it.'));
  if (written.terminals)
    problems.unshift(problem('syntax', first, 'terminals are named twice', 'Name them once.'));
  else written.terminals = rest.filter((piece) => !isSign(piece));
  return problems;
}

/** A line `a -> b c | c b`. Of one with mistakes as much is taken as can be understood. */
function readRule(pieces: readonly WrittenSymbol[], written: WrittenGrammar): GrammarProblem[] {
  const [symbol, ...rest] = pieces;
  if (isSign(symbol)) return [misplaced(symbol, 'a symbol')];
  const problems: GrammarProblem[] = [];
  const arrow = rest.at(0);
  if (!arrow) problems.push(problem('syntax', symbol, `${symbol.name} has no ->`));
  else if (!isArrow(arrow)) problems.push(misplaced(arrow, '->'));
  for (const sign of rest.slice(1)) if (isArrow(sign)) problems.push(misplaced(sign, 'a symbol'));
  const rules: WrittenSymbol[][] = [[]];
  for (const piece of rest) {
    if (piece.name === '|') rules.push([]);
    else if (!isArrow(piece)) rules.at(-1)!.push(piece);
  }
  // Of a line that is not understood nobody can say that it has an empty rule.
  const definition: Definition = {
    symbol,
    rules: problems.length === 0 ? rules : rules.filter((rule) => rule.length > 0),
  };
  written.definitions.push(definition);
  return problems;
}

function misplaced(piece: WrittenSymbol, expected: string): GrammarProblem {
  return problem('syntax', piece, `${piece.name} stands where ${expected} is expected`);
}

function isArrow({ name }: WrittenSymbol): boolean {
  return name === '->' || name === '→';
}

function isSign(piece: WrittenSymbol): boolean {
  return piece.name === '|' || isArrow(piece);
}
