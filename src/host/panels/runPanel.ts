// The run view, for one run or several laid over each other.
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { FromRunView, ToRunView } from '../../protocol/runViews';
import type { Disposable, DisposableStore } from '../disposables';
import type { ChangedRows } from '../runs/record';
import type { RunDirectory } from '../runs/runDirectory';
import type { Runs } from '../runs/runs';
import type { SaveMessage } from './fileParts';
import { ViewTab } from './viewTab';

export const runViewType = 'subtext.run';

type OwnMessage = Exclude<FromRunView, SaveMessage>;

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
  openRecipe(run: RunDirectory): void;
}

export class RunPanel implements Disposable {
  private readonly tab: ViewTab<OwnMessage, ToRunView>;
  /** Followed runs by their paths, the first in the header. */
  private following = new Map<string, Disposable>();
  /** What the page was told last. */
  private told = '';

  constructor(private readonly parts: RunPanelParts) {
    this.tab = new ViewTab({
      extensionUri: parts.extensionUri,
      viewType: runViewType,
      name: 'run',
      title: 'Run',
      receive: (message) => this.receive(message),
      listen: (store) => this.listen(store),
      onClosed: () => this.choose([]),
    });
  }

  /** Paths of the runs that are shown, the first in the header. */
  get shown(): string[] {
    return [...this.following.keys()];
  }

  get isOpen(): boolean {
    return this.tab.panel !== undefined;
  }

  get isVisible(): boolean {
    return this.tab.panel?.visible ?? false;
  }

  /** Shows these runs and no others, in the tab that is there or in a new one beside the text. */
  show(paths: readonly string[]): void {
    this.choose(paths);
    const { panel } = this.tab;
    if (panel) {
      panel.reveal();
      this.postRuns();
      return;
    }
    const { Beside, Active } = vscode.ViewColumn;
    this.tab.open(this.title(), vscode.window.activeTextEditor ? Beside : Active);
  }

  /** Takes over a tab that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    this.tab.attach(panel);
  }

  dispose(): void {
    this.tab.dispose();
    this.choose([]);
  }

  private listen(store: DisposableStore): void {
    const { runs } = this.parts;
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
  }

  private receive(message: OwnMessage): void {
    const { runs } = this.parts;
    switch (message.type) {
      case 'ready':
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
      case 'openRecipe': {
        const run = runs.get(message.directory);
        if (run) this.parts.openRecipe(run);
        break;
      }
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
    this.tab.begin();
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
    if (this.tab.panel) this.tab.panel.title = this.title();
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
    if (!this.tab.isReady) return;
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
    this.tab.post(message);
  }

  private postPoints(path: string, rows: ChangedRows): void {
    const record = this.parts.runs.record(path);
    if (!record || !this.tab.isReady) return;
    for (const points of record.points(rows)) this.tab.post({ type: 'points', points });
  }
}

/** The absolute paths in what a page, or its saved state, says that it shows. */
function known(paths: unknown): string[] {
  if (!Array.isArray(paths)) return [];
  return paths.filter((path): path is string => typeof path === 'string' && isAbsolute(path));
}
