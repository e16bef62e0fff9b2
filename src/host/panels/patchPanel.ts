// The view of activation patching.
import * as vscode from 'vscode';
import type { FromPatchView, ToPatchView } from '../../protocol/patchView';
import { VIEW_COMMANDS, type ViewStatus } from '../../protocol/views';
import type { Health } from '../../protocol/types';
import type { Disposable } from '../disposables';
import { Emitter, type Event } from '../emitter';
import type { PatchInspection } from '../inspection/patchInspection';
import type { Models } from '../models';
import { modelViewStatus } from './modelViewStatus';
import type { SaveMessage } from './fileParts';
import { ViewTab } from './viewTab';

export const patchViewType = 'subtext.patch';

type OwnMessage = Exclude<FromPatchView, SaveMessage>;

export interface PatchPanelParts {
  extensionUri: vscode.Uri;
  inspection: PatchInspection;
  models: Models;
  backend: { readonly health: Health | undefined; readonly onDidChangeHealth: Event<Health | undefined> };
}

export class PatchPanel implements Disposable {
  private readonly closed = new Emitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly tab: ViewTab<OwnMessage, ToPatchView>;

  constructor(private readonly parts: PatchPanelParts) {
    const { extensionUri, inspection, models, backend } = parts;
    this.tab = new ViewTab({
      extensionUri,
      viewType: patchViewType,
      name: 'patch',
      title: 'Activation Patching',
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

  reveal(): void {
    const { panel } = this.tab;
    if (panel) panel.reveal(undefined, true);
    else
      this.tab.open('Activation Patching', {
        viewColumn: vscode.ViewColumn.Beside,
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

  private receive(message: OwnMessage): void {
    const { inspection } = this.parts;
    switch (message.type) {
      case 'ready':
        this.tab.begin();
        this.postAll();
        break;
      case 'change':
        void inspection.refresh(message.change);
        break;
      case 'exchange': {
        const { question } = inspection;
        // What followed the one text need not follow the other.
        if (question)
          void inspection.refresh({
            clean: question.corrupted,
            corrupted: question.clean,
            answer: question.wrong,
            wrong: question.wrong === undefined ? undefined : question.answer,
          });
        break;
      }
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
    const { map } = this.parts.inspection;
    this.postStatus();
    if (map) this.tab.post({ type: 'map', map });
  }

  private postStatus(): void {
    const { question, alignable } = this.parts.inspection;
    this.tab.post({ type: 'status', status: this.status(), question: question ?? null, alignable });
  }

  private status(): ViewStatus {
    const { inspection, models, backend } = this.parts;
    return modelViewStatus(inspection, models, backend.health, {
      ask: 'Select two texts that differ in little, the clean one first, and choose Subtext: Activation Patching.',
      open: 'Open a model to see where it keeps what makes two texts go on differently.',
    });
  }
}
