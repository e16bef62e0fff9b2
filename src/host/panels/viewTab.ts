// The tab of a view: one, reused. Its page says first that it is ready and is then sent everything; while it is hidden
// it does not exist and is sent nothing.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { loadPage, webviewOptions } from './page';

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

export class ViewTab<Incoming, Outgoing> implements Disposable {
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
      this.parts.onPageGone?.();
    }
    this.store = store;
    this.ready = false;
    const { extensionUri, name, title } = this.parts;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', `${name}-light.svg`),
      dark: vscode.Uri.joinPath(extensionUri, 'media', `${name}-dark.svg`),
    };
    store.add(panel.webview.onDidReceiveMessage((message: Incoming) => this.parts.receive(message)));
    store.add(panel.onDidDispose(() => this.detach(panel)));
    store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says that it is ready anew.
        if (panel.visible) return;
        this.ready = false;
        this.parts.onPageGone?.();
      }),
    );
    this.parts.listen(store);
    loadPage(panel.webview, extensionUri, { title, name });
  }

  /** From now on the page is sent what is posted. */
  begin(): void {
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
    this.parts.onPageGone?.();
    this.parts.onClosed();
  }
}
