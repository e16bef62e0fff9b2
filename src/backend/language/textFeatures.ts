// What the editor shows of a file of strings: their true parse, and where a string leaves the language.
import {
  DiagnosticSeverity,
  SymbolKind,
  type Diagnostic,
  type DocumentSymbol,
  type FoldingRange,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Stretch } from '../data/cfg/cfgText';
import type { Grammar } from '../data/cfg/grammar';
import type { ParseNode } from '../data/cfg/sample';
import { counted } from './grammarFeatures';
import type { OpenGrammars } from './grammars';
import type { OpenStrings, ReadString } from './strings';

/** Words of the strings whose trees are in the outline; each word has about one constituent above it. */
const MAX_OUTLINE_WORDS = 20_000;
/** Strings in the outline, with or without a tree. */
const MAX_OUTLINE_STRINGS = 1000;
/** Words of the strings that are checked, from the top: some seconds of work, done in between. */
const MAX_CHECKED_WORDS = 500_000;
/** Work between two looks at what else is asked. */
const SLICE_MILLISECONDS = 20;

/**
 * @param isStale whether nobody wants the answer any more
 * @returns undefined once `isStale`
 */
export async function textDiagnostics(
  grammars: OpenGrammars,
  strings: OpenStrings,
  document: TextDocument,
  isStale: () => boolean,
): Promise<Diagnostic[] | undefined> {
  const text = strings.textOf(document);
  if (text.samples.length === 0 && !text.grammar) return [];
  const named = grammars.ofText(document, text);
  if ('fault' in named) {
    const { isMissing, message, ...stretch } = named.fault;
    const severity = isMissing ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
    return [{ range: rangeOf(document, stretch), severity, source: 'Subtext', message }];
  }
  const { grammar } = named;
  const diagnostics: Diagnostic[] = [];
  let checkedWords = 0;
  let sliceEnd = performance.now() + SLICE_MILLISECONDS;
  for (const [index, sample] of text.samples.entries()) {
    if (checkedWords > MAX_CHECKED_WORDS) {
      const left = counted(text.samples.length - index, 'string');
      const message = `This and what follows, ${left}, is not checked: the file is too long. subtext cfg parse --sample checks any of them.`;
      diagnostics.push({
        range: lineRange(document, sample),
        severity: DiagnosticSeverity.Information,
        source: 'Subtext',
        message,
      });
      break;
    }
    const found = strings.read(grammar, document, sample);
    checkedWords += found.words.length;
    const diagnostic = faultDiagnostic(document, sample, found);
    if (diagnostic) diagnostics.push(diagnostic);
    if (performance.now() < sliceEnd) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (isStale()) return undefined;
    sliceEnd = performance.now() + SLICE_MILLISECONDS;
  }
  return diagnostics;
}

function faultDiagnostic(
  document: TextDocument,
  sample: Stretch,
  { words, analysis, failure }: ReadString,
): Diagnostic | undefined {
  const source = 'Subtext';
  if (failure) {
    const range = lineRange(document, sample);
    return { range, severity: DiagnosticSeverity.Information, source, message: failure.line };
  }
  if (!analysis?.fault) return undefined;
  const { word, message } = analysis.fault;
  return {
    range: rangeOf(document, words[word]),
    severity: DiagnosticSeverity.Error,
    source,
    message: `${message}.`,
  };
}

/** The strings with their true parse, down to the symbols above the terminals. */
export function textSymbols(
  grammars: OpenGrammars,
  strings: OpenStrings,
  document: TextDocument,
): DocumentSymbol[] {
  const text = strings.textOf(document);
  const named = grammars.ofText(document, text);
  let words = 0;
  return text.samples.slice(0, MAX_OUTLINE_STRINGS).map((sample, index): DocumentSymbol => {
    const range = rangeOf(document, sample);
    const symbol: DocumentSymbol = {
      name: `String ${index + 1}`,
      kind: SymbolKind.Array,
      range,
      selectionRange: { start: range.start, end: range.start },
    };
    if ('fault' in named || words > MAX_OUTLINE_WORDS) return symbol;
    const read = strings.read(named.grammar, document, sample);
    words += read.words.length;
    if (!read.analysis) return symbol;
    const { tree, trees } = read.analysis;
    if (!tree) return { ...symbol, detail: `not in ${named.grammar.name}` };
    const several = trees > 1 ? `, the likeliest of ${treesText(trees)}` : '';
    return {
      ...symbol,
      detail: counted(read.words.length, 'terminal') + several,
      children: [nodeSymbol(document, named.grammar, read, tree, 1)],
    };
  });
}

/** Beyond what is counted exactly, about. */
export function treesText(trees: number): string {
  return trees <= Number.MAX_SAFE_INTEGER
    ? counted(trees, 'tree')
    : `about 10^${Math.log10(trees).toFixed(1)} trees`;
}

function nodeSymbol(
  document: TextDocument,
  grammar: Grammar,
  read: ReadString,
  node: ParseNode,
  level: number,
): DocumentSymbol {
  const { symbol, start, end, children } = node;
  const range = rangeOf(document, { start: read.words[start].start, end: read.words[end - 1].end });
  const inner = children.filter((child) => child.children.length > 0);
  const below = children.map((child) => grammar.symbols[child.symbol]).join(' ');
  return {
    name: grammar.symbols[symbol],
    detail: inner.length === 0 ? below : `level ${level}, ${counted(end - start, 'terminal')}`,
    kind: SymbolKind.Class,
    range,
    selectionRange: rangeOf(document, read.words[start]),
    children: inner.map((child) => nodeSymbol(document, grammar, read, child, level + 1)),
  };
}

/** The strings and constituents of several lines; of those that begin on one line, the longest. */
export function textFolds(
  grammars: OpenGrammars,
  strings: OpenStrings,
  document: TextDocument,
): FoldingRange[] {
  const text = strings.textOf(document);
  const named = grammars.ofText(document, text);
  const ends = new Map<number, number>();
  const fold = (stretch: Stretch): boolean => {
    const { start, end } = rangeOf(document, stretch);
    if (start.line === end.line) return false;
    ends.set(start.line, Math.max(end.line, ends.get(start.line) ?? 0));
    return true;
  };
  let words = 0;
  for (const sample of text.samples) {
    if (!fold(sample) || 'fault' in named || words > MAX_OUTLINE_WORDS) continue;
    const read = strings.read(named.grammar, document, sample);
    words += read.words.length;
    if (!read.analysis?.tree) continue;
    const nodes = [read.analysis.tree];
    for (const { start, end, children } of nodes) {
      const isBroken = fold({ start: read.words[start].start, end: read.words[end - 1].end });
      if (isBroken) nodes.push(...children);
    }
  }
  return [...ends].map(([startLine, endLine]) => ({ startLine, endLine }));
}

export function rangeOf(document: TextDocument, { start, end }: Stretch): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** The first line of a stretch. */
function lineRange(document: TextDocument, { start, end }: Stretch): Range {
  const from = document.positionAt(start);
  const to = document.positionAt(end);
  return { start: from, end: to.line === from.line ? to : { line: from.line + 1, character: 0 } };
}
