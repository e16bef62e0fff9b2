// Paints the highlight that is shown over its text, in every visible editor of the document.
import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import { findDocument } from '../inspection/followDocuments';
import { bucketColor, createDecorationTypes } from './decorationTypes';
import type { Highlight, Highlights, TextValues } from './highlight';
import { LineIndex } from './lineIndex';
import { type PaintedSpan, paintedSpans } from './spans';

/** More spans than these are painted where they are visible first, and everywhere a moment later. */
const AT_ONCE = 2000;
const REST_MILLISECONDS = 50;

/** What is painted on one version of a document; VS Code moves it along while the text is edited. */
export interface Painting {
  uri: string;
  version: number;
  spans: readonly PaintedSpan[];
}

interface LocatedSpan {
  bucket: number;
  option: vscode.DecorationOptions;
}

export class Painter implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private types: Map<number, vscode.TextEditorDecorationType> | undefined;
  private painting:
    (Painting & { highlight: Highlight; values: TextValues; located: LocatedSpan[] }) | undefined;
  /** The buckets in use and the painting that they come from, for each editor. */
  private readonly editors = new Map<vscode.TextEditor, { buckets: Set<number>; painting: Painting }>();
  private readonly timers = new Map<vscode.TextEditor, NodeJS.Timeout>();

  constructor(private readonly highlights: Highlights) {
    this.store.add(highlights.onDidChange(() => this.update()));
    this.store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.applyAll()));
  }

  /** What is painted over a document; decorations cannot be read back from VS Code. */
  paintingOf(uri: vscode.Uri): Painting | undefined {
    return this.painting?.uri === uri.toString() ? this.painting : undefined;
  }

  dispose(): void {
    this.clear();
    this.store.dispose();
    for (const type of this.types?.values() ?? []) type.dispose();
  }

  private update(): void {
    const { shown } = this.highlights;
    const values = shown?.values;
    // What else is known of what is highlighted changes nothing here.
    if (values && this.painting?.values === values) return;
    const document = values && findDocument(values.source.uri);
    const isCurrent = document?.version === values?.source.version;
    if (shown && values && document && isCurrent) {
      const text = document.getText();
      const spans = paintedSpans(values, text);
      this.painting = {
        uri: document.uri.toString(),
        version: document.version,
        spans,
        highlight: shown,
        values,
        located: locate(spans, text),
      };
      this.applyAll();
    } else if (!shown?.pending || shown !== this.painting?.highlight) {
      this.clear();
    }
  }

  private clear(): void {
    this.painting = undefined;
    this.applyAll();
  }

  private applyAll(): void {
    const visible = vscode.window.visibleTextEditors;
    for (const editor of this.editors.keys()) {
      if (!visible.includes(editor)) this.forget(editor);
    }
    for (const editor of visible) this.apply(editor);
  }

  private apply(editor: vscode.TextEditor): void {
    const painting = this.painting;
    if (painting?.uri !== editor.document.uri.toString()) {
      if (this.editors.has(editor)) this.set(editor, []);
      this.forget(editor);
      return;
    }
    const isPainted = this.editors.get(editor)?.painting === painting;
    // An editor that appears while the text is newer than the painting waits for the next one.
    if (isPainted || editor.document.version !== painting.version) return;
    clearTimeout(this.timers.get(editor));
    if (painting.located.length > AT_ONCE) {
      const visible = editor.visibleRanges;
      this.set(
        editor,
        painting.located.filter(({ option }) => visible.some((range) => range.intersection(option.range))),
      );
      this.timers.set(
        editor,
        setTimeout(() => {
          if (this.painting === painting && editor.document.version === painting.version) {
            this.set(editor, painting.located);
          }
        }, REST_MILLISECONDS),
      );
    } else {
      this.set(editor, painting.located);
    }
    this.editors.get(editor)!.painting = painting;
  }

  /** One call for each type that has, or had, something in this editor. */
  private set(editor: vscode.TextEditor, located: readonly LocatedSpan[]): void {
    this.types ??= createDecorationTypes();
    const byBucket = new Map<number, vscode.DecorationOptions[]>();
    for (const { bucket, option } of located) {
      const options = byBucket.get(bucket);
      if (options) options.push(option);
      else byBucket.set(bucket, [option]);
    }
    const before = this.editors.get(editor)?.buckets ?? new Set<number>();
    for (const bucket of new Set([...before, ...byBucket.keys()])) {
      editor.setDecorations(this.types.get(bucket)!, byBucket.get(bucket) ?? []);
    }
    if (this.painting) {
      this.editors.set(editor, { buckets: new Set(byBucket.keys()), painting: this.painting });
    }
  }

  private forget(editor: vscode.TextEditor): void {
    clearTimeout(this.timers.get(editor));
    this.timers.delete(editor);
    this.editors.delete(editor);
  }
}

function locate(spans: readonly PaintedSpan[], text: string): LocatedSpan[] {
  const lines = new LineIndex(text);
  return spans.map(({ bucket, start, end, lineEnd }) => {
    const from = lines.locate(start);
    const to = lineEnd ? from : lines.locate(end);
    const range = new vscode.Range(from.line, from.character, to.line, to.character);
    return { bucket, option: lineEnd ? { range, renderOptions: lineEndMark(bucket) } : { range } };
  });
}

/** The options of each bucket's mark are made once, so that VS Code makes one style for all its line ends. */
const lineEndMarks = new Map<number, vscode.DecorationInstanceRenderOptions>();

function lineEndMark(bucket: number): vscode.DecorationInstanceRenderOptions {
  let mark = lineEndMarks.get(bucket);
  if (!mark) {
    mark = {
      after: {
        contentText: '↵',
        backgroundColor: bucketColor(bucket),
        color: new vscode.ThemeColor('descriptionForeground'),
      },
    };
    lineEndMarks.set(bucket, mark);
  }
  return mark;
}
