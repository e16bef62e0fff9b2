// Checks open recipes by asking what they come to, such as a cost: the answer stands above the text, a failure at the key it is about.
import * as vscode from 'vscode';
import { type BackendFailure, toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { type Disposable, DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import type { RecipeKind } from './recipe';
import { problemsOf } from './recipeProblems';

/** What is known of one version of a recipe. */
export interface RecipeCheck {
  version: number;
  /** While it is asked. */
  abort?: AbortController;
  words?: string;
  failure?: BackendFailure;
}

/** After the last key; an estimate takes longer than a highlight, and nobody waits for it while typing. */
const DELAY_MILLISECONDS = 600;

export class RecipeChecks implements Disposable {
  private readonly changed = new Emitter<void>();
  /** An answer came, or became old. */
  readonly onDidChange = this.changed.event;
  private readonly store = new DisposableStore();
  private readonly diagnostics = this.store.add(vscode.languages.createDiagnosticCollection('subtext'));
  private readonly known = new Map<vscode.TextDocument, RecipeCheck>();
  private readonly timers = new Map<vscode.TextDocument, NodeJS.Timeout>();

  constructor(
    private readonly requester: Requester,
    private readonly kind: RecipeKind,
  ) {
    const { workspace } = vscode;
    this.store.add(workspace.onDidOpenTextDocument((document) => this.checkSoon(document, 0)));
    this.store.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.checkSoon(document, DELAY_MILLISECONDS);
      }),
    );
    this.store.add(workspace.onDidCloseTextDocument((document) => this.forget(document)));
    this.store.add(
      workspace.onDidGrantWorkspaceTrust(() => {
        for (const document of workspace.textDocuments) this.checkSoon(document, 0);
      }),
    );
    for (const document of workspace.textDocuments) this.checkSoon(document, 0);
  }

  /** What is known of the present text; undefined while nothing is. */
  of(document: vscode.TextDocument): RecipeCheck | undefined {
    const check = this.known.get(document);
    return check?.version === document.version ? check : undefined;
  }

  /** Asks about the present text; resolves once there is an answer, or none is wanted any more. */
  async check(document: vscode.TextDocument): Promise<void> {
    if (!this.kind.includes(document.uri) || !vscode.workspace.isTrusted) return;
    this.stop(document);
    const abort = new AbortController();
    const check: RecipeCheck = { version: document.version, abort };
    this.known.set(document, check);
    this.changed.fire();
    const text = document.getText();
    try {
      const source = { recipe: text, path: document.uri.fsPath };
      check.words = await this.kind.words(this.requester, source, abort.signal);
    } catch (error) {
      check.failure = toFailure(error);
    }
    delete check.abort;
    if (this.known.get(document) !== check || check.failure?.cancelled) return;
    this.diagnostics.set(document.uri, check.failure ? diagnosticsOf(check.failure, document, text) : []);
    this.changed.fire();
  }

  dispose(): void {
    for (const document of [...this.known.keys(), ...this.timers.keys()]) this.stop(document);
    this.store.dispose();
    this.changed.dispose();
  }

  private checkSoon(document: vscode.TextDocument, delay: number): void {
    if (!this.kind.includes(document.uri)) return;
    this.stop(document);
    this.timers.set(
      document,
      setTimeout(() => void this.check(document), delay),
    );
    this.changed.fire();
  }

  private stop(document: vscode.TextDocument): void {
    clearTimeout(this.timers.get(document));
    this.timers.delete(document);
    this.known.get(document)?.abort?.abort();
  }

  private forget(document: vscode.TextDocument): void {
    this.stop(document);
    if (this.known.delete(document)) this.diagnostics.delete(document.uri);
  }
}

function diagnosticsOf(
  failure: BackendFailure,
  document: vscode.TextDocument,
  text: string,
): vscode.Diagnostic[] {
  // Any other failure is not the recipe's; the code lens shows it.
  if (failure.reason !== 'recipe' || document.getText() !== text || !isJson(text)) return [];
  return problemsOf(failure.message, text).map(({ message, start, end }) => {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
    diagnostic.source = 'Subtext';
    return diagnostic;
  });
}

/** What is no JSON, VS Code itself underlines, at the right place. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
