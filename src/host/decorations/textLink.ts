// From a token in a view to its place in the editor: a border while the pointer is over it, and the way there.
import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import type { TextRanges } from './tokenAt';
import { wordRange } from './wordRange';

export class TextLink implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private type: vscode.TextEditorDecorationType | undefined;

  /** Marks a token in all visible editors of its document; null takes the mark away. */
  mark(text: TextRanges | undefined, token: number | null): void {
    if (token === null && !this.type) return;
    this.type ??= this.store.add(
      vscode.window.createTextEditorDecorationType({
        borderWidth: '1px',
        borderStyle: 'solid',
        borderColor: new vscode.ThemeColor('subtext.linkedToken'),
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) {
      const range = token === null ? undefined : rangeIn(editor.document, text, token);
      editor.setDecorations(this.type, range ? [range] : []);
    }
  }

  /** Puts the cursor on a token and scrolls to it; the focus stays in the view. */
  async reveal(text: TextRanges, token: number): Promise<void> {
    const { uri } = text.source;
    const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    const editor = await vscode.window.showTextDocument(visible?.document ?? (await openByUri(uri)), {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus: true,
    });
    const range = rangeIn(editor.document, text, token);
    if (!range) return;
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  dispose(): void {
    this.store.dispose();
  }
}

/** The token's range without the blanks before its word; undefined where the document is not that version of the text. */
function rangeIn(
  document: vscode.TextDocument,
  text: TextRanges | undefined,
  token: number,
): vscode.Range | undefined {
  if (text?.source.uri !== document.uri.toString()) return undefined;
  const { source, starts, ends } = text;
  if (source.version !== document.version || token < 0 || token >= starts.length) return undefined;
  return wordRange(document, { start: starts[token], end: ends[token] });
}

async function openByUri(uri: string): Promise<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
}
