// A view that asks a model and follows no document: one tab, reused. What every such view does; its own data and messages
// are added by a class for each.
import type * as vscode from 'vscode';
import type { Health } from '../../protocol/types';
import type { ViewCommand, ViewStatus } from '../../protocol/views';
import type { Disposable } from '../disposables';
import { Emitter, type Event } from '../emitter';
import type { Models } from '../models';
import { runOffered } from '../offeredCommands';
import { type AskedModel, modelViewStatus } from './modelViewStatus';
import { ViewTab } from './viewTab';

/** The question of such a view; a `ModelQuestion` is one. */
interface ModelInspection extends AskedModel {
  readonly onDidChange: Event<void>;
  refresh(): Promise<void>;
}

export interface ModelPanelParts<Inspection> {
  extensionUri: vscode.Uri;
  inspection: Inspection;
  models: Models;
  backend: { readonly health: Health | undefined; readonly onDidChangeHealth: Event<Health | undefined> };
}

export interface ModelPanelNames {
  viewType: string;
  /** Names the page's files in dist/webview, and its icons. */
  name: string;
  title: string;
  /** Where a new tab opens. */
  column: vscode.ViewColumn;
  /** What an empty view asks for: with a model, and without one. */
  invitation: { ask: string; open: string };
}

/** What every such page says. */
type FromModelView = { type: 'ready' } | { type: 'refresh' } | { type: 'run'; command: ViewCommand };

/** @typeParam Own what the page says beside what every such page says */
export abstract class ModelPanel<
  Inspection extends ModelInspection,
  Own extends { type: string },
  Outgoing,
> implements Disposable {
  private readonly closed = new Emitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly tab: ViewTab<Own | FromModelView, Outgoing>;

  constructor(
    private readonly names: ModelPanelNames,
    private readonly parts: ModelPanelParts<Inspection>,
  ) {
    const { extensionUri, inspection, models, backend } = parts;
    this.tab = new ViewTab({
      extensionUri,
      ...names,
      receive: (message) => this.receive(message),
      listen: (store) => {
        store.add(inspection.onDidChange(() => this.postAll()));
        store.add(models.onDidChange(() => this.postStatus()));
        store.add(
          backend.onDidChangeHealth(() => {
            if (inspection.phase === 'loading') this.postStatus();
          }),
        );
      },
      onClosed: () => this.closed.fire(),
    });
  }

  get isOpen(): boolean {
    return this.tab.panel !== undefined;
  }

  /** Brings the tab to the front; the keyboard stays where it is. */
  reveal(): void {
    const { panel } = this.tab;
    const { title, column } = this.names;
    if (panel) panel.reveal(undefined, true);
    else this.tab.open(title, { viewColumn: column, preserveFocus: true });
  }

  /** Takes over a tab that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    this.tab.attach(panel);
  }

  dispose(): void {
    this.tab.dispose();
    this.closed.dispose();
  }

  /** What the page is told of the question while it has this status. */
  protected abstract statusMessage(status: ViewStatus): Outgoing;
  /** What came of the question, if anything did. */
  protected abstract answerMessage(): Outgoing | undefined;
  protected abstract receiveOwn(message: Own): void;

  protected get inspection(): Inspection {
    return this.parts.inspection;
  }

  private receive(message: Own | FromModelView): void {
    if (!isShared(message)) {
      this.receiveOwn(message);
      return;
    }
    switch (message.type) {
      case 'ready':
        this.tab.begin();
        this.postAll();
        break;
      case 'refresh':
        void this.inspection.refresh();
        break;
      case 'run':
        runOffered(message.command);
        break;
    }
  }

  private postAll(): void {
    this.postStatus();
    const answer = this.answerMessage();
    if (answer !== undefined) this.tab.post(answer);
  }

  private postStatus(): void {
    const { inspection, models, backend } = this.parts;
    this.tab.post(
      this.statusMessage(modelViewStatus(inspection, models, backend.health, this.names.invitation)),
    );
  }
}

function isShared(message: { type: string }): message is FromModelView {
  return ['ready', 'refresh', 'run'].includes(message.type);
}
