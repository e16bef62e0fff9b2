// Draws the stripes of parse trees under their text, in every visible editor of the document.
import * as vscode from 'vscode';
import type { ParseTreeReadings } from '../../protocol/parseTrees';
import { LineIndex } from '../decorations/lineIndex';
import { DisposableStore } from '../disposables';
import { findDocument } from '../inspection/followDocuments';
import { onDidChangeSettings, settings } from '../settings';
import { bandSpans, type BandSpan, type Density } from './bands';
import { bandCss } from './bandStyle';
import { paintedTrees, shownLevels, type ShownTreesParts } from './shownTrees';

/** Combinations whose styles are kept; beyond them those that are not in use are made anew. */
const MOST_TYPES = 400;

/** What is drawn on one version of a document. */
export interface DrawnBands {
  uri: string;
  version: number;
  spans: readonly BandSpan[];
}

export class BandPainter implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly types = new Map<string, vscode.TextEditorDecorationType>();
  private drawn:
    | (DrawnBands & { basis: string; answer: ParseTreeReadings; ranges: Map<string, vscode.Range[]> })
    | undefined;
  /** By editor what is drawn in it, and the combinations that were used. */
  private readonly editors = new Map<vscode.TextEditor, { drawn: DrawnBands; used: Set<string> }>();

  constructor(private readonly parts: ShownTreesParts) {
    const update = () => this.update();
    this.store.add(parts.highlights.onDidChange(update));
    this.store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.apply()));
    this.store.add(onDidChangeSettings(['parseTree.density'], update));
  }

  /** What is drawn over a document; decorations cannot be read back from VS Code. */
  drawnOn(uri: vscode.Uri): DrawnBands | undefined {
    return this.drawn?.uri === uri.toString() ? this.drawn : undefined;
  }

  dispose(): void {
    this.store.dispose();
    for (const type of this.types.values()) type.dispose();
    this.types.clear();
  }

  private update(): void {
    const answer = paintedTrees(this.parts);
    const document = answer && findDocument(answer.source.uri);
    if (!answer || !document) {
      this.drawn = undefined;
      this.apply();
      return;
    }
    // While it is edited, VS Code moves what stands there.
    if (document.version !== answer.source.version) return;
    const density = settings.parseTreeDensity(document);
    const basis = JSON.stringify([density, this.parts.inspection.choice.levels]);
    if (this.drawn?.answer === answer && this.drawn.basis === basis) return;
    const spans = this.spansOf(answer, density, document.getText());
    this.drawn = {
      uri: answer.source.uri,
      version: document.version,
      spans,
      basis,
      answer,
      ranges: located(spans, document.getText()),
    };
    this.apply();
  }

  private spansOf(answer: ParseTreeReadings, density: Density, text: string): BandSpan[] {
    return answer.strings.flatMap((string) => {
      if (string.unread !== undefined) return [];
      return bandSpans(string, shownLevels(answer, string, this.parts.inspection), density, text);
    });
  }

  private apply(): void {
    const visible = vscode.window.visibleTextEditors;
    for (const editor of this.editors.keys()) if (!visible.includes(editor)) this.editors.delete(editor);
    for (const editor of visible) {
      const { drawn } = this;
      const before = this.editors.get(editor);
      if (drawn?.uri !== editor.document.uri.toString()) {
        for (const combination of before?.used ?? []) editor.setDecorations(this.typeOf(combination), []);
        this.editors.delete(editor);
      } else if (before?.drawn !== drawn && editor.document.version === drawn.version) {
        const used = new Set(drawn.ranges.keys());
        for (const combination of new Set([...(before?.used ?? []), ...used]))
          editor.setDecorations(this.typeOf(combination), drawn.ranges.get(combination) ?? []);
        this.editors.set(editor, { drawn, used });
      }
    }
    this.forgetTypes();
  }

  private typeOf(combination: string): vscode.TextEditorDecorationType {
    let type = this.types.get(combination);
    if (!type) {
      type = vscode.window.createTextEditorDecorationType({
        textDecoration: bandCss(combination),
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      });
      this.types.set(combination, type);
    }
    return type;
  }

  private forgetTypes(): void {
    if (this.types.size <= MOST_TYPES) return;
    const used = new Set([...this.editors.values()].flatMap((editor) => [...editor.used]));
    for (const [combination, type] of this.types) {
      if (used.has(combination)) continue;
      type.dispose();
      this.types.delete(combination);
    }
  }
}

function located(spans: readonly BandSpan[], text: string): Map<string, vscode.Range[]> {
  const lines = new LineIndex(text);
  const found = new Map<string, vscode.Range[]>();
  for (const { combination, start, end } of spans) {
    const [from, to] = [lines.locate(start), lines.locate(end)];
    const range = new vscode.Range(from.line, from.character, to.line, to.character);
    const ranges = found.get(combination);
    if (ranges) ranges.push(range);
    else found.set(combination, [range]);
  }
  return found;
}
