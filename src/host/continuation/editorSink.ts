// Puts a continuation into a document as one step of undo, and stops as soon as somebody else changes the text.
import * as vscode from 'vscode';
import type { Disposable } from '../disposables';
import type { TextSink } from './pieceWriter';

export class EditorSink implements TextSink, Disposable {
  /** Where the next piece goes. */
  private offset: number;
  private expected: string | undefined;
  private touched = false;
  private readonly listening: vscode.Disposable;
  private readonly document: vscode.TextDocument;

  /** @param onTouched somebody else changed the text */
  constructor(
    private readonly editor: vscode.TextEditor,
    offset: number,
    private readonly onTouched: () => void,
  ) {
    this.document = editor.document;
    this.offset = offset;
    this.listening = vscode.workspace.onDidChangeTextDocument((event) => this.follow(event));
  }

  /** Whether nothing was written because of somebody else's edit, or will be. */
  get isTouched(): boolean {
    return this.touched;
  }

  async put(text: string, { opens, closes }: { opens: boolean; closes: boolean }): Promise<boolean> {
    const editor = this.shownEditor();
    if (!editor || this.touched) return false;
    const at = this.document.positionAt(this.offset);
    const follows = editor.visibleRanges.some((range) => range.contains(at));
    this.expected = sameLineEnds(text);
    const { version } = this.document;
    const isTaken = await editor.edit((edit) => edit.insert(at, text), {
      undoStopBefore: opens,
      undoStopAfter: closes,
    });
    this.expected = undefined;
    // An editor that a setting makes read-only says yes, and writes nothing.
    const done = isTaken && this.document.version > version;
    if (done && follows) editor.revealRange(new vscode.Range(at, this.document.positionAt(this.offset)));
    return done;
  }

  dispose(): void {
    this.listening.dispose();
  }

  /** Another tab in front closes an editor; a text that nobody sees is not written into. */
  private shownEditor(): vscode.TextEditor | undefined {
    const { visibleTextEditors } = vscode.window;
    if (visibleTextEditors.includes(this.editor)) return this.editor;
    return visibleTextEditors.find(({ document }) => document === this.document);
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document !== this.document || contentChanges.length === 0) return;
    const change = contentChanges[0];
    const isOwn =
      contentChanges.length === 1 &&
      change.rangeOffset === this.offset &&
      change.rangeLength === 0 &&
      sameLineEnds(change.text) === this.expected;
    if (isOwn) {
      this.offset += change.text.length;
    } else if (!this.touched) {
      this.touched = true;
      this.onTouched();
    }
  }
}

/** A document with other line ends gets its own. */
function sameLineEnds(text: string): string {
  return text.replace(/\r\n|\r/g, '\n');
}
