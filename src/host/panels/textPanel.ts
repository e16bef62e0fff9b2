// A view beside the text that it is about: one tab, reused. What every such view does; its own data and messages are
// added by a class for each.
import * as vscode from 'vscode';
import { parsePart } from '../../protocol/interventions';
import { PART_ACTIONS, type PartAction } from '../../protocol/partActions';
import type { TextSource } from '../../protocol/types';
import type { FromTextView, ToTextView } from '../../protocol/views';
import { toFailure } from '../backend/failure';
import type { TextLink } from '../decorations/textLink';
import { type TextRanges, tokenAt } from '../decorations/tokenAt';
import type { Disposable, DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import type { FollowedQuestion } from '../inspection/followedQuestion';
import type { Interventions } from '../interventions/interventions';
import { shownInterventions } from '../interventions/shown';
import { showFailure } from '../messages';
import { runOffered } from '../offeredCommands';
import { columnBeside, columnForNew } from './column';
import type { ViewStatusSource } from './viewStatus';
import { ViewTab } from './viewTab';

export interface TextPanelParts {
  extensionUri: vscode.Uri;
  status: ViewStatusSource;
  link: TextLink;
  interventions: Interventions;
}

export interface TextPanelNames {
  viewType: string;
  /** Names the page's files in dist/webview, and its icons. */
  name: string;
  title: string;
}

/** @typeParam Own what the page says beside what every view of a text says */
export abstract class TextPanel<Own extends { type: string }, Outgoing> implements Disposable {
  private readonly closed = new Emitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly tab: ViewTab<Own | FromTextView, Outgoing | ToTextView>;
  private cursor: number | null = null;

  constructor(
    private readonly names: TextPanelNames,
    private readonly parts: TextPanelParts,
    private readonly followed: FollowedQuestion<{ source: TextSource }>,
  ) {
    this.tab = new ViewTab({
      extensionUri: parts.extensionUri,
      ...names,
      receive: (message) => this.receive(message),
      listen: (store) => {
        store.add(followed.onDidChangePhase(() => this.postStatus()));
        store.add(parts.interventions.onDidChange(() => this.postInterventions()));
        store.add(
          followed.onDidChangeAnswer(() => {
            parts.link.mark(undefined, null);
            this.postInterventions();
            this.postAnswer();
            this.postCursorOfText();
          }),
        );
        store.add(parts.status.onDidChange(() => this.postStatus()));
        store.add(vscode.window.onDidChangeTextEditorSelection((event) => this.postCursor(event.textEditor)));
        this.listen?.(store);
      },
      onPageGone: () => {
        parts.link.mark(undefined, null);
        this.pageGone?.();
      },
      onClosed: () => this.closed.fire(),
    });
  }

  get isOpen(): boolean {
    return this.tab.panel !== undefined;
  }

  /** Shows the tab beside the editor of the text, which keeps the keyboard: Ctrl+P then opens files over there. */
  reveal({ viewColumn }: vscode.TextEditor): void {
    const { panel } = this.tab;
    const column = panel && columnBeside(columns(), viewColumn, panel.viewColumn);
    if (panel && column === undefined) {
      panel.reveal(undefined, true);
      return;
    }
    // A new tab where it has to move too: one that `reveal` moves becomes a preview, which the next file replaces.
    this.tab.open(this.names.title, {
      viewColumn: column ?? columnForNew(columns(), viewColumn, viewColumns()) ?? vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
  }

  /** Takes over a tab that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    this.tab.attach(panel);
  }

  dispose(): void {
    this.tab.dispose();
    this.closed.dispose();
  }

  /** The tokens that the page's messages count. */
  protected abstract get tokens(): TextRanges | undefined;
  /** Sends the answer to the question, if there is one. */
  protected abstract postAnswer(): void;
  /** Sends what the page needs beside status and answer; it has just begun. */
  protected postRest?(): void;
  /** What else the page hears of, for as long as the tab is there. */
  protected listen?(store: DisposableStore): void;
  protected receiveOwn?(message: Own): void;
  /** The page is gone: hidden or closed. */
  protected pageGone?(): void;

  protected post(message: Outgoing): void {
    this.tab.post(message);
  }

  private receive(message: Own | FromTextView): void {
    const { followed, parts, tokens } = this;
    if (!isShared(message)) {
      this.receiveOwn?.(message);
      return;
    }
    switch (message.type) {
      case 'ready':
        this.tab.begin();
        this.postStatus();
        this.postInterventions();
        this.postAnswer();
        this.postRest?.();
        this.tab.post({ type: 'cursor', token: this.cursor });
        break;
      case 'reveal':
        if (tokens) void parts.link.reveal(tokens, message.token);
        break;
      case 'hoverToken':
        parts.link.mark(tokens, message.token);
        break;
      case 'refresh':
        void followed.refresh();
        break;
      case 'wholeText':
        if (followed.question) void followed.ask({ ...followed.question, selection: undefined });
        break;
      case 'run':
        runOffered(message.command);
        break;
      case 'intervene':
        this.intervene(message);
        break;
      case 'switchIntervention':
        if (followed.question) {
          const { model } = followed.question;
          const switched = parts.interventions.switch(model, new Map([[message.id, message.on]]));
          switched.catch((error: unknown) => showFailure(toFailure(error)));
        }
        break;
    }
  }

  private intervene({ part, action }: Extract<FromTextView, { type: 'intervene' }>): void {
    const { question } = this.followed;
    // A page could post anything.
    if (!question || !PART_ACTIONS.includes(action) || !parsePart(part)) return;
    const { uri, model } = question;
    const to = action === 'ablateToMean' ? 'mean' : 'zero';
    void vscode.commands.executeCommand(`subtext.${COMMANDS[action]}`, { uri, model, part, to });
  }

  private postInterventions(): void {
    const { interventions } = this.parts;
    const model = this.followed.question?.model;
    this.tab.post({
      type: 'interventions',
      interventions: model === undefined ? [] : shownInterventions(interventions, model),
    });
  }

  private postStatus(): void {
    this.tab.post({ type: 'status', status: this.parts.status.read() });
  }

  /** The cursor may have moved while the text was read. */
  private postCursorOfText(): void {
    const uri = this.tokens?.source.uri;
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    if (editor) this.postCursor(editor);
  }

  private postCursor({ document, selection }: vscode.TextEditor): void {
    const { tokens } = this;
    if (tokens?.source.uri !== document.uri.toString()) return;
    if (tokens.source.version !== document.version) return;
    const token = tokenAt(tokens.starts, tokens.ends, document.offsetAt(selection.active)) ?? null;
    if (token === this.cursor) return;
    this.cursor = token;
    this.tab.post({ type: 'cursor', token });
  }
}

const COMMANDS: Record<PartAction, string> = {
  ablate: 'ablate',
  ablateToMean: 'ablate',
  scale: 'scale',
  steer: 'steer',
  patch: 'patchPart',
};

const SHARED: ReadonlySet<string> = new Set<FromTextView['type']>([
  'intervene',
  'switchIntervention',
  'ready',
  'reveal',
  'hoverToken',
  'refresh',
  'wholeText',
  'run',
]);

function isShared(message: { type: string }): message is FromTextView {
  return SHARED.has(message.type);
}

/** The columns in which views of ours are. */
function viewColumns(): vscode.ViewColumn[] {
  return vscode.window.tabGroups.all
    .filter(({ tabs }) =>
      tabs.some(
        ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('subtext.'),
      ),
    )
    .map(({ viewColumn }) => viewColumn);
}

function columns(): vscode.ViewColumn[] {
  const { One, Two, Three, Four, Five, Six, Seven, Eight, Nine } = vscode.ViewColumn;
  return [One, Two, Three, Four, Five, Six, Seven, Eight, Nine];
}
