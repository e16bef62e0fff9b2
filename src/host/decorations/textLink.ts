// From a token in a view to its place in the editor: a border while the pointer is over it, and the way there.
import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import type { Inspection } from '../inspection/inspection';

export class TextLink implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private type: vscode.TextEditorDecorationType | undefined;

  constructor(private readonly inspection: Inspection) {
    this.store.add(
      inspection.onDidChange((part) => {
        if (part === 'table') this.mark(null);
      }),
    );
  }

  /** Marks a token of the table in all visible editors of its document; null takes the mark away. */
  mark(token: number | null): void {
    if (token === null && !this.type) return;
    this.type ??= this.store.add(
      vscode.window.createTextEditorDecorationType({
        borderWidth: '1px',
        borderStyle: 'solid',
        borderColor: new vscode.ThemeColor('subtext.linkedToken'),
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) {
      const range = token === null ? undefined : this.rangeIn(editor.document, token);
      editor.setDecorations(this.type, range ? [range] : []);
    }
  }

  /** Puts the cursor on a token and scrolls to it; the focus stays in the view. */
  async reveal(token: number): Promise<void> {
    const uri = this.inspection.table?.source.uri;
    if (uri === undefined) return;
    const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    const editor = await vscode.window.showTextDocument(visible?.document ?? (await openByUri(uri)), {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus: true,
    });
    const range = this.rangeIn(editor.document, token);
    if (!range) return;
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  dispose(): void {
    this.store.dispose();
  }

  /** The token's range without the blanks before its word; undefined where the text is not the one of the table. */
  private rangeIn(document: vscode.TextDocument, token: number): vscode.Range | undefined {
    const table = this.inspection.table;
    if (table?.source.uri !== document.uri.toString()) return undefined;
    const { starts, ends } = table.tokens;
    if (table.source.version !== document.version || token < 0 || token >= starts.length) return undefined;
    const start = starts[token];
    const end = ends[token];
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    const text = document.getText(range);
    const blanks = text.length - text.trimStart().length;
    return blanks === text.length ? range : range.with(document.positionAt(start + blanks));
  }
}

async function openByUri(uri: string): Promise<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
}
