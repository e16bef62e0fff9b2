// The run view: one tab, reused, for one run or several laid over each other. The page says `ready` first and is then
// sent everything; while it is hidden it does not exist and is sent nothing.
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { FromRunView, ToRunView } from '../../protocol/runViews';
import { type Disposable, DisposableStore } from '../disposables';
import type { ChangedRows } from '../runs/record';
import type { RunDirectory } from '../runs/runDirectory';
import type { Runs } from '../runs/runs';
import { loadPage, webviewOptions } from './page';
import { makeFileParts } from './saveFile';

export const runViewType = 'subtext.run';

/** Commands that a view may run; a page could post anything. */
const viewCommands = new Set(['subtext.train', 'subtext.showRunLog']);

/** More than that nobody tells apart. */
const MOST_SHOWN = 24;

const everything: ChangedRows = { train: 0, evaluation: 0 };

export interface RunPanelParts {
  extensionUri: vscode.Uri;
  runs: Runs;
  /** What a person asks for in the view. */
  control(run: RunDirectory, request: 'pause' | 'resume' | 'cancel'): void;
  openCheckpoint(path: string): void;
}

export class RunPanel implements Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private panelStore = new DisposableStore();
  private isReady = false;
  /** Followed runs by their paths, the first in the header. */
  private following = new Map<string, Disposable>();
  /** What the page was told last. */
  private told = '';
  private readonly files = makeFileParts();

  constructor(private readonly parts: RunPanelParts) {}

  /** Paths of the runs that are shown, the first in the header. */
  get shown(): string[] {
    return [...this.following.keys()];
  }

  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  get isVisible(): boolean {
    return this.panel?.visible ?? false;
  }

  /** Shows these runs and no others, in the tab that is there or in a new one beside the text. */
  show(paths: readonly string[]): void {
    this.choose(paths);
    if (this.panel) {
      this.panel.reveal();
      this.postRuns();
      return;
    }
    const { Beside, Active } = vscode.ViewColumn;
    this.attach(
      vscode.window.createWebviewPanel(
        runViewType,
        this.title(),
        vscode.window.activeTextEditor ? Beside : Active,
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
    before?.dispose();
    this.panelStore = store;
    this.isReady = false;
    const { extensionUri, runs } = this.parts;
    const { webview } = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'run-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'run-dark.svg'),
    };
    store.add(webview.onDidReceiveMessage((message: FromRunView) => this.receive(message)));
    store.add(panel.onDidDispose(() => this.detach(panel)));
    store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says `ready` anew.
        if (!panel.visible) this.isReady = false;
      }),
    );
    store.add(runs.onDidChange(() => this.postRuns()));
    store.add(
      runs.onDidChangeList(() => {
        this.choose(this.shown.filter((path) => runs.get(path)));
        this.postRuns();
      }),
    );
    store.add(
      runs.onDidGrow(({ run, rows }) => {
        if (!this.following.has(run.path)) return;
        // The points first: the page must not hear that a run was read while it has nothing of it.
        this.postPoints(run.path, rows);
        this.postRuns();
      }),
    );
    loadPage(webview, extensionUri, { title: 'Run', name: 'run' });
  }

  dispose(): void {
    this.panel?.dispose();
    this.panelStore.dispose();
    this.choose([]);
  }

  private detach(panel: vscode.WebviewPanel): void {
    if (this.panel !== panel) return;
    this.panelStore.dispose();
    this.panel = undefined;
    this.isReady = false;
    this.files.abandon();
    this.choose([]);
  }

  private receive(message: FromRunView): void {
    const { runs } = this.parts;
    switch (message.type) {
      case 'ready':
        this.files.abandon();
        void this.begin(message.runs);
        break;
      case 'show':
        this.choose(known(message.runs));
        this.postAll();
        break;
      case 'control': {
        const run = runs.get(message.directory);
        if (run) this.parts.control(run, message.request);
        break;
      }
      case 'openCheckpoint': {
        const { step } = message;
        const run = runs.get(message.directory);
        if (run && (step === 'final' || Number.isInteger(step))) {
          this.parts.openCheckpoint(run.checkpointPath(step));
        }
        break;
      }
      case 'save':
        void this.files.receive(message);
        break;
      case 'run':
        if (viewCommands.has(message.command)) {
          void vscode.commands.executeCommand(message.command, this.shown.at(0));
        }
        break;
    }
  }

  /** A page is there: a new one, one that was hidden, or one of before a reload, which knows what it showed. */
  private async begin(remembered: unknown): Promise<void> {
    const { runs } = this.parts;
    if (this.isEmpty()) {
      const opened = await Promise.all(known(remembered).map((path) => runs.open(path)));
      const found = opened.flatMap((run) => (run ? [run.path] : []));
      if (found.length === 0) await runs.refresh();
      const latest = runs.all.find(({ isLive }) => isLive) ?? runs.all.at(0);
      // A command may have chosen meanwhile.
      if (this.isEmpty()) this.choose(found.length > 0 ? found : latest ? [latest.path] : []);
    }
    this.isReady = this.panel !== undefined;
    this.postAll();
  }

  private choose(paths: readonly string[]): void {
    const before = this.following;
    const chosen = [...new Set(paths)].slice(0, MOST_SHOWN);
    this.following = new Map(
      chosen.flatMap((path) => {
        const held = before.get(path) ?? this.parts.runs.follow(path);
        return [[path, held] as const];
      }),
    );
    for (const [path, held] of before) if (!this.following.has(path)) held.dispose();
    if (this.panel) this.panel.title = this.title();
  }

  private isEmpty(): boolean {
    return this.following.size === 0;
  }

  private title(): string {
    const first = this.shown.at(0);
    return first === undefined ? 'Run' : basename(first);
  }

  private postAll(): void {
    this.told = '';
    this.postRuns();
    for (const path of this.following.keys()) this.postPoints(path, everything);
  }

  private postRuns(): void {
    if (!this.isReady) return;
    const { runs } = this.parts;
    const shown = this.shown.flatMap((path) => {
      const run = runs.get(path);
      return run ? [runs.snapshot(run)] : [];
    });
    const others = runs.all.filter(({ path }) => !this.following.has(path));
    const message: ToRunView = {
      type: 'runs',
      runs: shown,
      others: others.map(({ path, name }) => ({ directory: path, name })),
    };
    const told = JSON.stringify(message);
    if (told === this.told) return;
    this.told = told;
    this.post(message);
  }

  private postPoints(path: string, rows: ChangedRows): void {
    const record = this.parts.runs.record(path);
    if (!record || !this.isReady) return;
    for (const points of record.points(rows)) this.post({ type: 'points', points });
  }

  private post(message: ToRunView): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }
}

/** The absolute paths in what a page, or its saved state, says that it shows. */
function known(paths: unknown): string[] {
  if (!Array.isArray(paths)) return [];
  return paths.filter((path): path is string => typeof path === 'string' && isAbsolute(path));
}
