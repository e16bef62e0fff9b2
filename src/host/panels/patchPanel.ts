// The view of activation patching.
import * as vscode from 'vscode';
import type { FromPatchView, ToPatchView } from '../../protocol/patchView';
import type { ViewStatus } from '../../protocol/views';
import type { PatchInspection } from '../inspection/patchInspection';
import { ModelPanel, type ModelPanelParts } from './modelPanel';

export const patchViewType = 'subtext.patch';

type Own = Extract<FromPatchView, { type: 'change' | 'exchange' }>;

export class PatchPanel extends ModelPanel<PatchInspection, Own, ToPatchView> {
  constructor(parts: ModelPanelParts<PatchInspection>) {
    const names = {
      viewType: patchViewType,
      name: 'patch',
      title: 'Activation Patching',
      column: vscode.ViewColumn.Beside,
      invitation: {
        ask: 'Select two texts that differ in little, the clean one first, and choose Subtext: Activation Patching.',
        open: 'Open a model to see where it keeps what makes two texts go on differently.',
      },
    };
    super(names, parts);
  }

  protected statusMessage(status: ViewStatus): ToPatchView {
    const { question, alignable } = this.inspection;
    return { type: 'status', status, question: question ?? null, alignable };
  }

  protected answerMessage(): ToPatchView | undefined {
    const { map } = this.inspection;
    return map && { type: 'map', map };
  }

  protected receiveOwn(message: Own): void {
    switch (message.type) {
      case 'change':
        void this.inspection.refresh(message.change);
        break;
      case 'exchange':
        this.exchange();
        break;
    }
  }

  private exchange(): void {
    const { question } = this.inspection;
    if (!question) return;
    // What followed the one text need not follow the other.
    void this.inspection.refresh({
      clean: question.corrupted,
      corrupted: question.clean,
      answer: question.wrong,
      wrong: question.wrong === undefined ? undefined : question.answer,
    });
  }
}
