// The neurons view: one tab beside the text, reused. The page says `ready` first and is then sent the whole state;
// while it is hidden it does not exist and is sent nothing.
import * as vscode from 'vscode';
import type { FromNeuronsView, ToNeuronsView } from '../../protocol/views';
import type { TextLink } from '../decorations/textLink';
import { tokenAt } from '../decorations/tokenAt';
import { type Disposable, DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import type { Inspection } from '../inspection/inspection';
import { columnBeside } from './column';
import { loadPage, webviewOptions } from './page';
import type { ViewStatusSource } from './viewStatus';

export const neuronsViewType = 'subtext.neurons';

/** Commands that a view may run; a page could post anything. */
const viewCommands = new Set(['subtext.openModel', 'subtext.showNeurons', 'subtext.showLog']);

export interface NeuronsPanelParts {
  extensionUri: vscode.Uri;
  inspection: Inspection;
  status: ViewStatusSource;
  link: TextLink;
}

export class NeuronsPanel implements Disposable {
  private readonly closed = new Emitter<void>();
  readonly onDidClose = this.closed.event;
  private panel: vscode.WebviewPanel | undefined;
  private panelStore = new DisposableStore();
  private isReady = false;
  private cursor: number | null = null;

  constructor(private readonly parts: NeuronsPanelParts) {}

  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** Shows the tab beside the editor of the text, which keeps the keyboard: Ctrl+P then opens files over there. */
  reveal({ viewColumn }: vscode.TextEditor): void {
    const column = this.panel && columnBeside(columns(), viewColumn, this.panel.viewColumn);
    if (this.panel && column === undefined) {
      this.panel.reveal(undefined, true);
      return;
    }
    // A new tab where it has to move too: one that `reveal` moves becomes a preview, which the next file replaces.
    this.attach(
      vscode.window.createWebviewPanel(
        neuronsViewType,
        'Neurons',
        { viewColumn: column ?? vscode.ViewColumn.Beside, preserveFocus: true },
        webviewOptions(this.parts.extensionUri),
      ),
    );
  }

  /** Takes over a tab: a new one, or one that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    const before = this.panel;
    this.panelStore.dispose();
    const store = new DisposableStore();
    this.panel = panel;
    if (before) {
      before.dispose();
      this.parts.inspection.preview(null);
      this.parts.link.mark(null);
    }
    this.panelStore = store;
    this.isReady = false;
    const { extensionUri, inspection, status } = this.parts;
    const { webview } = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'neurons-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'neurons-dark.svg'),
    };
    store.add(webview.onDidReceiveMessage((message: FromNeuronsView) => this.receive(message)));
    store.add(panel.onDidDispose(() => this.detach(panel)));
    store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says `ready` anew.
        if (panel.visible) return;
        this.isReady = false;
        inspection.preview(null);
        this.parts.link.mark(null);
      }),
    );
    store.add(
      inspection.onDidChange((part) => {
        if (part === 'table') {
          this.postTable();
          this.postCursorOfTable();
        } else if (part === 'focus') this.postFocus();
        else this.postStatus();
      }),
    );
    store.add(status.onDidChange(() => this.postStatus()));
    store.add(vscode.window.onDidChangeTextEditorSelection((event) => this.postCursor(event.textEditor)));
    loadPage(webview, extensionUri, { title: 'Neurons', name: 'neurons' });
  }

  dispose(): void {
    this.panel?.dispose();
    this.panelStore.dispose();
    this.closed.dispose();
  }

  private detach(panel: vscode.WebviewPanel): void {
    if (this.panel !== panel) return;
    this.panelStore.dispose();
    this.panel = undefined;
    this.isReady = false;
    this.parts.inspection.preview(null);
    this.parts.link.mark(null);
    this.closed.fire();
  }

  private receive(message: FromNeuronsView): void {
    const { inspection, link } = this.parts;
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        this.postStatus();
        this.postTable();
        this.postFocus();
        this.post({ type: 'cursor', token: this.cursor });
        break;
      case 'preview':
        inspection.preview(message.id);
        break;
      case 'lock':
        inspection.lock(message.id);
        break;
      case 'unlock':
        inspection.unlock();
        break;
      case 'reveal':
        void link.reveal(message.token);
        break;
      case 'hoverToken':
        link.mark(message.token);
        break;
      case 'refresh':
        void inspection.refresh();
        break;
      case 'wholeText':
        if (inspection.question) void inspection.show({ ...inspection.question, selection: undefined });
        break;
      case 'run':
        if (viewCommands.has(message.command)) void vscode.commands.executeCommand(message.command);
        break;
    }
  }

  private postStatus(): void {
    this.post({ type: 'status', status: this.parts.status.read() });
  }

  private postTable(): void {
    const { table, question } = this.parts.inspection;
    if (table && question) this.post({ type: 'table', table, question });
  }

  private postFocus(): void {
    const { focus, locked } = this.parts.inspection;
    this.post({ type: 'focus', focus: focus ?? null, locked: locked ?? null });
  }

  /** The cursor may have moved while the text was read. */
  private postCursorOfTable(): void {
    const uri = this.parts.inspection.table?.source.uri;
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    if (editor) this.postCursor(editor);
  }

  private postCursor(editor: vscode.TextEditor): void {
    const { table } = this.parts.inspection;
    const { document, selection } = editor;
    if (table?.source.uri !== document.uri.toString() || table.source.version !== document.version) return;
    const token =
      tokenAt(table.tokens.starts, table.tokens.ends, document.offsetAt(selection.active)) ?? null;
    if (token === this.cursor) return;
    this.cursor = token;
    this.post({ type: 'cursor', token });
  }

  private post(message: ToNeuronsView): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }
}

function columns(): vscode.ViewColumn[] {
  const { One, Two, Three, Four, Five, Six, Seven, Eight, Nine } = vscode.ViewColumn;
  return [One, Two, Three, Four, Five, Six, Seven, Eight, Nine];
}
