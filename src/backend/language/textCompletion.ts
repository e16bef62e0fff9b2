// What can follow `# grammar:` at the head of a file of strings: the published grammars, and files beside it.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompletionItemKind, type CompletionItem, type Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { readCfgText } from '../data/cfg/cfgText';
import { readGrammarFile } from '../data/cfg/open';
import { namedGrammars } from '../data/cfg/samplesFile';

const GRAMMAR_ENDING = '.cfg';
/** Files of a folder that are offered at the most. */
const MOST_FILES = 100;

/** The grammars that may be named at a place; none where no grammar is named. */
export function grammarCompletions(document: TextDocument, position: Position): CompletionItem[] {
  const start = { line: position.line, character: 0 };
  const line = document.getText({ start, end: { line: position.line + 1, character: 0 } });
  const found = /^(\s*#\s*grammar:)([^\S\r\n]*)/.exec(line);
  if (!found || !isHeader(document, start)) return [];
  const [, key, blank] = found;
  if (position.character < key.length) return [];
  const from = Math.min(position.character, key.length + blank.length);
  const range = {
    start: { line: position.line, character: from },
    end: { line: position.line, character: Math.max(position.character, line.trimEnd().length) },
  };
  const lead = from === key.length ? ' ' : '';
  const item = (label: string, more: Partial<CompletionItem>, index: number): CompletionItem => ({
    label,
    ...more,
    // In the order given: files, then published grammars as everywhere.
    sortText: String(index).padStart(3, '0'),
    textEdit: { range, newText: lead + label },
  });
  const files = filesBeside(document.uri);
  return [
    ...files.map((name) => ({ label: name, kind: CompletionItemKind.File })),
    ...namedGrammars().map(({ name, detail }) => ({
      label: name,
      detail,
      kind: CompletionItemKind.Constant,
    })),
  ].map(({ label, ...more }, index) => item(label, more, index));
}

/** Whether a line stands before the first string. */
function isHeader(document: TextDocument, start: Position): boolean {
  const first = readCfgText(document.getText()).samples.at(0);
  return first === undefined || document.offsetAt(start) < first.start;
}

/** Grammars in the folder of a file, by name. */
function filesBeside(uri: string): string[] {
  if (!uri.startsWith('file:///')) return [];
  const folder = dirname(fileURLToPath(uri));
  // The folder of a document that was never saved need not be there.
  const names = orElse(() => readdirSync(folder), []);
  return names
    .filter((name) => name.endsWith(GRAMMAR_ENDING))
    .slice(0, MOST_FILES)
    .filter((name) => orElse(() => isGrammar(readGrammarFile(join(folder, name))), false));
}

/** Many programs have settings in such files, which hold no arrow. */
function isGrammar(text: string): boolean {
  return /->|→/.test(text);
}

function orElse<Value>(find: () => Value, otherwise: Value): Value {
  try {
    return find();
  } catch {
    return otherwise;
  }
}
