// Grammars and files of their strings as languages of the editor: answers the standard requests of the protocol about
// them, and says what is wrong with those that are open.
import {
  CompletionRequest,
  DefinitionRequest,
  DidChangeWatchedFilesNotification,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  type ClientCapabilities,
  type Connection,
  type Hover,
  type HoverParams,
  type TextDocuments,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { CFG_TEXT_LANGUAGE, GRAMMAR_LANGUAGE } from '../../protocol/grammars';
import type { TextRange } from '../../protocol/types';
import { SubtextError } from '../errors';
import { grammarDefinition, grammarDiagnostics, grammarHover, grammarSymbols } from './grammarFeatures';
import { OpenGrammars } from './grammars';
import { askedTrees, type AskedTrees } from './parseTrees';
import { OpenStrings } from './strings';
import { grammarCompletions } from './textCompletion';
import { textDiagnostics, textFolds, textSymbols } from './textFeatures';
import { textHover, type HoverModel } from './textHover';

/** After the last key: what is underlined while one types only disturbs. */
const DELAY_MILLISECONDS = 200;

export class GrammarLanguages {
  private readonly grammars: OpenGrammars;
  private readonly strings = new OpenStrings();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly connection: Connection,
    private readonly documents: TextDocuments<TextDocument>,
  ) {
    this.grammars = new OpenGrammars(documents);
    documents.onDidChangeContent(({ document }) => this.changed(document));
    documents.onDidClose(({ document }) => {
      this.stop(document.uri);
      if (isOurs(document)) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    });
    connection.onDocumentSymbol(({ textDocument }) => {
      const document = this.open(textDocument.uri);
      if (document?.languageId === GRAMMAR_LANGUAGE) return grammarSymbols(this.grammars, document);
      return document && textSymbols(this.grammars, this.strings, document);
    });
    connection.onFoldingRanges(({ textDocument }) => {
      const document = this.open(textDocument.uri);
      return document?.languageId === CFG_TEXT_LANGUAGE
        ? textFolds(this.grammars, this.strings, document)
        : undefined;
    });
    connection.onDefinition(({ textDocument: { uri }, position }) => {
      const document = this.open(uri);
      if (document?.languageId !== GRAMMAR_LANGUAGE) return undefined;
      const range = grammarDefinition(this.grammars, document, position);
      return range && { uri, range };
    });
    connection.onCompletion(({ textDocument: { uri }, position }) => {
      const document = this.open(uri);
      return document?.languageId === CFG_TEXT_LANGUAGE ? grammarCompletions(document, position) : undefined;
    });
    connection.onDidChangeWatchedFiles(() => this.checkTexts());
  }

  /** Asks the client for these languages only: it would ask about every document otherwise. */
  async register({ textDocument, workspace }: ClientCapabilities): Promise<void> {
    const { client } = this.connection;
    const selector = (...languages: string[]) => ({
      documentSelector: languages.map((language) => ({ language })),
    });
    const both = selector(GRAMMAR_LANGUAGE, CFG_TEXT_LANGUAGE);
    if (textDocument?.documentSymbol?.dynamicRegistration)
      await client.register(DocumentSymbolRequest.type, { ...both, label: 'Subtext' });
    if (textDocument?.foldingRange?.dynamicRegistration)
      await client.register(FoldingRangeRequest.type, selector(CFG_TEXT_LANGUAGE));
    if (textDocument?.definition?.dynamicRegistration)
      await client.register(DefinitionRequest.type, selector(GRAMMAR_LANGUAGE));
    if (textDocument?.completion?.dynamicRegistration)
      await client.register(CompletionRequest.type, {
        ...selector(CFG_TEXT_LANGUAGE),
        // Ends `# grammar:`.
        triggerCharacters: [':'],
      });
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration)
      await client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/*.cfg' }],
      });
  }

  /** The hover over a document of these languages; `else` for others. */
  hover(
    { textDocument, position }: HoverParams,
    model: HoverModel | undefined,
  ): Promise<Hover | undefined> | 'else' {
    const document = this.open(textDocument.uri);
    if (!document) return 'else';
    if (document.languageId === GRAMMAR_LANGUAGE)
      return Promise.resolve(grammarHover(this.grammars, document, position));
    return textHover(this.grammars, this.strings, document, position, model);
  }

  /**
   * The strings of a document that touch one of the ranges, with the truth about them.
   * @throws SubtextError `no-document`, `usage` for a document that holds no strings; as `askedTrees`
   */
  trees(uri: string, ranges: readonly TextRange[]): AskedTrees {
    const document = this.documents.get(uri);
    if (!document) throw new SubtextError('no-document', `${uri} is not open`, 'Open it, then ask again.');
    if (document.languageId === CFG_TEXT_LANGUAGE)
      return askedTrees(this.grammars, this.strings, document, ranges);
    throw new SubtextError(
      'usage',
      'A parse tree is read from strings of a grammar (*.cfgtext)',
      'Make some with Subtext: Sample CFG Text….',
    );
  }

  private open(uri: string): TextDocument | undefined {
    const document = this.documents.get(uri);
    return document && isOurs(document) ? document : undefined;
  }

  private changed(document: TextDocument): void {
    if (!isOurs(document)) return;
    this.checkSoon(document.uri);
    if (document.languageId === GRAMMAR_LANGUAGE) this.checkTexts();
  }

  /** A grammar changed: what is said of its strings may not hold any more. */
  private checkTexts(): void {
    for (const document of this.documents.all())
      if (document.languageId === CFG_TEXT_LANGUAGE) this.checkSoon(document.uri);
  }

  private stop(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
  }

  private checkSoon(uri: string): void {
    this.stop(uri);
    const timer = setTimeout(() => {
      this.check(uri, () => this.timers.get(uri) !== timer).catch((error: unknown) =>
        this.connection.console.error(`Checking ${uri} failed: ${String(error)}`),
      );
    }, DELAY_MILLISECONDS);
    this.timers.set(uri, timer);
  }

  private async check(uri: string, isStale: () => boolean): Promise<void> {
    const document = this.open(uri);
    if (!document) return;
    const { version } = document;
    const diagnostics =
      document.languageId === GRAMMAR_LANGUAGE
        ? grammarDiagnostics(this.grammars, document)
        : await textDiagnostics(this.grammars, this.strings, document, isStale);
    if (diagnostics && !isStale()) await this.connection.sendDiagnostics({ uri, version, diagnostics });
  }
}

function isOurs({ languageId }: TextDocument): boolean {
  return languageId === GRAMMAR_LANGUAGE || languageId === CFG_TEXT_LANGUAGE;
}
