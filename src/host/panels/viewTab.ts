// The tab of a view: one, reused. Its page says first that it is ready and is then sent everything; while it is hidden
// it does not exist and is sent nothing. What a page sends to be saved is written here.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { SaveMessage } from './fileParts';
import { loadPage, webviewOptions } from './page';
import { makeFileParts } from './saveFile';

export interface ViewTabParts<Incoming> {
  extensionUri: vscode.Uri;
  viewType: string;
  /** Names the page's files in dist/webview, and its icons. */
  name: string;
  title: string;
  receive(message: Incoming): void;
  /** What the page hears of, for as long as the tab is there. */
  listen(store: DisposableStore): void;
  /** The page is gone: hidden, closed, or that of a tab which another took the place of. */
  onPageGone?(): void;
  onClosed(): void;
}

/** @typeParam Incoming what the page says, but for files to be saved */
export class ViewTab<Incoming extends { type: string }, Outgoing> implements Disposable {
  private readonly files = makeFileParts();
  private current: vscode.WebviewPanel | undefined;
  private store = new DisposableStore();
  private ready = false;

  constructor(private readonly parts: ViewTabParts<Incoming>) {}

  get panel(): vscode.WebviewPanel | undefined {
    return this.current;
  }

  get isReady(): boolean {
    return this.ready;
  }

  /** Opens a new tab, also where one is there. */
  open(title: string, place: Parameters<typeof vscode.window.createWebviewPanel>[2]): void {
    const { viewType, extensionUri } = this.parts;
    this.attach(vscode.window.createWebviewPanel(viewType, title, place, webviewOptions(extensionUri)));
  }

  /** Takes over a tab: a new one, or one that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    const before = this.current;
    this.store.dispose();
    const store = new DisposableStore();
    this.current = panel;
    if (before) {
      before.dispose();
      this.pageGone();
    }
    this.store = store;
    this.ready = false;
    const { extensionUri, name, title } = this.parts;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', `${name}-light.svg`),
      dark: vscode.Uri.joinPath(extensionUri, 'media', `${name}-dark.svg`),
    };
    store.add(
      panel.webview.onDidReceiveMessage((message: Incoming | SaveMessage) => {
        if (isSave(message)) void this.files.receive(message);
        else this.parts.receive(message);
      }),
    );
    store.add(panel.onDidDispose(() => this.detach(panel)));
    store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says that it is ready anew.
        if (panel.visible) return;
        this.ready = false;
        this.pageGone();
      }),
    );
    this.parts.listen(store);
    loadPage(panel.webview, extensionUri, { title, name });
  }

  /** From now on the page is sent what is posted. */
  begin(): void {
    // Of a page that was loaded again nothing more comes.
    this.files.abandon();
    this.ready = this.current !== undefined;
  }

  post(message: Outgoing): void {
    if (this.ready) void this.current?.webview.postMessage(message);
  }

  dispose(): void {
    this.current?.dispose();
    this.store.dispose();
  }

  private detach(panel: vscode.WebviewPanel): void {
    if (this.current !== panel) return;
    this.store.dispose();
    this.current = undefined;
    this.ready = false;
    this.pageGone();
    this.parts.onClosed();
  }

  private pageGone(): void {
    this.files.abandon();
    this.parts.onPageGone?.();
  }
}

function isSave(message: { type: string }): message is SaveMessage {
  return message.type === 'save';
}
