// The grammars that open documents are about: those in the editor as they stand there, others as they lie on the disk.
import { statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { GRAMMAR_LANGUAGE } from '../../protocol/grammars';
import type { CfgText, HeaderValue, Stretch } from '../data/cfg/cfgText';
import type { WrittenGrammar } from '../data/cfg/definitions';
import type { Grammar } from '../data/cfg/grammar';
import { checkGrammarText, readGrammar } from '../data/cfg/grammarText';
import { openGrammar } from '../data/cfg/open';
import { isPresetName, presetGrammar, truncate } from '../data/cfg/presets';
import type { CheckedGrammar } from '../data/cfg/problems';
import { SubtextError } from '../errors';

/** The grammar of a file of strings, or what keeps it from being known. */
export type NamedByHeader =
  { grammar: Grammar } | { fault: Stretch & { message: string; isMissing: boolean } };

interface OpenDocuments {
  all(): readonly TextDocument[];
}

export class OpenGrammars {
  private readonly checked = new WeakMap<
    TextDocument,
    { version: number; found: CheckedGrammar & { written: WrittenGrammar } }
  >();
  /** Grammars by name or path and drop, with what tells whether the file is still the same. */
  private readonly opened = new Map<string, { state: string; grammar: Grammar }>();

  constructor(private readonly documents: OpenDocuments) {}

  /** What an open grammar says, right or wrong. */
  check(document: TextDocument): CheckedGrammar & { written: WrittenGrammar } {
    const known = this.checked.get(document);
    if (known?.version === document.version) return known.found;
    const found = checkGrammarText(document.getText(), nameOf(document.uri));
    this.checked.set(document, { version: document.version, found });
    return found;
  }

  /** The grammar that the header of a file of strings names. */
  ofText(document: TextDocument, { grammar: named, drop }: CfgText): NamedByHeader {
    if (!named) {
      const message = 'The grammar is not named. Begin with a line like # grammar: cfg3b.';
      const end = document.getText().search(/[\r\n]|$/);
      return { fault: { start: 0, end, message, isMissing: true } };
    }
    try {
      return { grammar: this.open(document.uri, named.value, dropped(drop)) };
    } catch (error) {
      if (!(error instanceof SubtextError)) throw error;
      const { start, end } = error.reason === 'usage' && drop ? drop : named;
      return { fault: { start, end, message: error.line, isMissing: false } };
    }
  }

  /** @param from the document that names the grammar; paths are relative to its folder */
  private open(from: string, name: string, drop: number): Grammar {
    if (isPresetName(name)) return this.kept(name, drop, 'published', () => presetGrammar(name, drop));
    const path = pathOf(from, name);
    const document = this.documents.all().find((each) => isGrammarAt(each, path));
    if (document) {
      const read = () => truncate(readGrammar(document.getText(), name), drop);
      return this.kept(path, drop, `version ${document.version}`, read);
    }
    const found = statSync(path, { throwIfNoEntry: false });
    return this.kept(path, drop, `${found?.mtimeMs} ${found?.size}`, () => openGrammar(path, drop));
  }

  private kept(name: string, drop: number, state: string, open: () => Grammar): Grammar {
    const key = JSON.stringify([name, drop]);
    const known = this.opened.get(key);
    if (known?.state === state) return known.grammar;
    const grammar = open();
    this.opened.set(key, { state, grammar });
    return grammar;
  }
}

/** By path: there are several ways to write one as a URI, and editors choose another than Node. */
function isGrammarAt({ languageId, uri }: TextDocument, path: string): boolean {
  // The URI of a document on another machine names a host, which no path has.
  return (
    languageId === GRAMMAR_LANGUAGE && uri.startsWith('file:///') && relative(fileURLToPath(uri), path) === ''
  );
}

function dropped(drop: HeaderValue | undefined): number {
  if (!drop) return 0;
  if (/^\d{1,3}$/.test(drop.value)) return Number(drop.value);
  throw new SubtextError('usage', `${drop.value} is no number of levels`, 'Write a whole number.');
}

function pathOf(from: string, name: string): string {
  if (isAbsolute(name)) return name;
  if (from.startsWith('file:')) return resolve(dirname(fileURLToPath(from)), name);
  const known =
    'Name a published grammar (cfg3b), give the whole path, or save this text beside the grammar.';
  throw new SubtextError('not-found', `There is no grammar ${name} beside a text that is not a file`, known);
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}
