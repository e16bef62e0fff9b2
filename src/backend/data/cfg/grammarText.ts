// Grammars as text: a line for each left-hand side, `22 -> 21 20 | 20 19`.
import type { SubtextError } from '../../errors';
import { grammarError, place, type Definition, type WrittenSymbol } from './definitions';
import { Grammar } from './grammar';

/** Longer files are none that a person wrote. */
export const MAX_CHARACTERS = 1_000_000;

const PIECES = /#.*|->|→|\||;|(?:(?!->|→)[^\s|;#])+/g;
const TERMINALS = 'terminals:';

const FORM = 'Write a line for each left-hand side: a -> b c | c b.';

/**
 * Reads a grammar: `a -> b c | c b`, one left-hand side a line (or several with `;` between them), the root's first.
 * Symbols are any words; those without rules are the terminals. A line `terminals: x y z` names these, which fixes the
 * order of their tokens, and makes every other symbol without rules an error. `#` begins a comment.
 * @param name for messages
 * @throws SubtextError `grammar` with line and column
 */
export function readGrammar(text: string, name: string): Grammar {
  if (text.length > MAX_CHARACTERS) {
    throw grammarError(name, `has ${text.length} characters`, `Grammars have up to ${MAX_CHARACTERS}.`);
  }
  const definitions: Definition[] = [];
  let terminals: WrittenSymbol[] | undefined;
  for (const pieces of statements(text)) {
    if (pieces[0].name === TERMINALS) {
      if (terminals)
        throw grammarError(place(name, pieces[0]), 'terminals are named twice', 'Name them once.');
      terminals = pieces.slice(1);
      const sign = terminals.find(isSign);
      if (sign) throw grammarError(place(name, sign), `${sign.name} stands among terminals`, 'Remove it.');
    } else {
      definitions.push(readDefinition(name, pieces));
    }
  }
  return new Grammar(name, definitions, terminals);
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

function readDefinition(name: string, pieces: readonly WrittenSymbol[]): Definition {
  const [symbol, ...rest] = pieces;
  const arrow = rest.shift();
  if (isSign(symbol)) throw misplaced(name, symbol, 'a symbol');
  if (!arrow) throw grammarError(place(name, symbol), `${symbol.name} has no ->`, FORM);
  if (!isArrow(arrow)) throw misplaced(name, arrow, '->');
  const second = rest.find(isArrow);
  if (second) throw misplaced(name, second, 'a symbol');
  const rules: WrittenSymbol[][] = [[]];
  for (const piece of rest) {
    if (piece.name === '|') rules.push([]);
    else rules.at(-1)!.push(piece);
  }
  return { symbol, rules };
}

function misplaced(name: string, piece: WrittenSymbol, expected: string): SubtextError {
  return grammarError(place(name, piece), `${piece.name} stands where ${expected} is expected`, FORM);
}

function isArrow({ name }: WrittenSymbol): boolean {
  return name === '->' || name === '→';
}

function isSign(piece: WrittenSymbol): boolean {
  return piece.name === '|' || isArrow(piece);
}
