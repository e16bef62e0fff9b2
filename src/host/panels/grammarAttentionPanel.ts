// The view of a grammar's attention statistics.
import * as vscode from 'vscode';
import type { FromGrammarAttentionView, ToGrammarAttentionView } from '../../protocol/grammarAttentionView';
import type { Health } from '../../protocol/types';
import { VIEW_COMMANDS } from '../../protocol/views';
import type { Disposable } from '../disposables';
import { Emitter, type Event } from '../emitter';
import type { ModelQuestion } from '../inspection/modelQuestion';
import type { Models } from '../models';
import { modelViewStatus } from './modelViewStatus';
import type { SaveMessage } from './fileParts';
import { ViewTab } from './viewTab';

export const grammarAttentionViewType = 'subtext.grammarAttention';

type OwnMessage = Exclude<FromGrammarAttentionView, SaveMessage>;
const title = 'Attention Statistics';

const invitation = {
  ask: 'Choose a grammar to see how the model attends over its strings.',
  open: 'Open a model that was trained on the strings of a grammar to see how it attends over them.',
};

export interface GrammarAttentionPanelParts {
  extensionUri: vscode.Uri;
  inspection: ModelQuestion<'subtext/grammarAttention'>;
  models: Models;
  backend: { readonly health: Health | undefined; readonly onDidChangeHealth: Event<Health | undefined> };
}

export class GrammarAttentionPanel implements Disposable {
  private readonly closed = new Emitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly tab: ViewTab<OwnMessage, ToGrammarAttentionView>;

  constructor(private readonly parts: GrammarAttentionPanelParts) {
    const { extensionUri, inspection, models, backend } = parts;
    this.tab = new ViewTab({
      extensionUri,
      viewType: grammarAttentionViewType,
      name: 'grammarAttention',
      title,
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

  /** Brings the tab to the front, a new one in the column of the text in front. */
  reveal(): void {
    const { panel } = this.tab;
    if (panel) panel.reveal(undefined, true);
    else this.tab.open(title, { viewColumn: vscode.ViewColumn.Active, preserveFocus: true });
  }

  /** Takes over a tab that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    this.tab.attach(panel);
  }

  dispose(): void {
    this.tab.dispose();
    this.closed.dispose();
  }

  private receive(message: OwnMessage): void {
    const { inspection } = this.parts;
    switch (message.type) {
      case 'ready':
        this.tab.begin();
        this.postAll();
        break;
      case 'change':
        void inspection.refresh({ strings: message.strings });
        break;
      case 'refresh':
        void inspection.refresh();
        break;
      case 'run':
        // A page could post anything.
        if (VIEW_COMMANDS.includes(message.command)) void vscode.commands.executeCommand(message.command);
        break;
    }
  }

  private postAll(): void {
    const { answer } = this.parts.inspection;
    this.postStatus();
    if (answer) this.tab.post({ type: 'statistics', statistics: answer });
  }

  private postStatus(): void {
    const { inspection, models, backend } = this.parts;
    const status = modelViewStatus(inspection, models, backend.health, invitation);
    this.tab.post({ type: 'status', status, question: inspection.question ?? null });
  }
}
