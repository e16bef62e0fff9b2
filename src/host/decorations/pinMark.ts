// A frame around what is pinned in the editor, and a mark at the left of the overview ruler.
import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import type { Highlights } from './highlight';
import { wordRange } from './wordRange';

export class PinMark implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private type: vscode.TextEditorDecorationType | undefined;

  constructor(private readonly highlights: Highlights) {
    this.store.add(highlights.onDidChange(() => this.apply()));
    this.store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.apply()));
  }

  dispose(): void {
    this.store.dispose();
  }

  private apply(): void {
    const pinned = this.highlights.shown?.pinned;
    if (!pinned && !this.type) return;
    // As the text: seen on every colour that may be painted behind it. An outline takes no room, and a border below may
    // be there already.
    const color = new vscode.ThemeColor('editor.foreground');
    this.type ??= this.store.add(
      vscode.window.createTextEditorDecorationType({
        outlineWidth: '2px',
        outlineStyle: 'solid',
        outlineColor: color,
        overviewRulerColor: color,
        overviewRulerLane: vscode.OverviewRulerLane.Left,
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) {
      const isHere = pinned?.uri === editor.document.uri.toString();
      editor.setDecorations(this.type, isHere ? [wordRange(editor.document, pinned.range)] : []);
    }
  }
}
