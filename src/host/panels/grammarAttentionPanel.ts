// The view of a grammar's attention statistics.
import * as vscode from 'vscode';
import type { FromGrammarAttentionView, ToGrammarAttentionView } from '../../protocol/grammarAttentionView';
import type { ViewStatus } from '../../protocol/views';
import type { ModelQuestion } from '../inspection/modelQuestion';
import { ModelPanel, type ModelPanelParts } from './modelPanel';

export const grammarAttentionViewType = 'subtext.grammarAttention';

type Inspection = ModelQuestion<'subtext/grammarAttention'>;
type Own = Extract<FromGrammarAttentionView, { type: 'change' }>;

export class GrammarAttentionPanel extends ModelPanel<Inspection, Own, ToGrammarAttentionView> {
  constructor(parts: ModelPanelParts<Inspection>) {
    const names = {
      viewType: grammarAttentionViewType,
      name: 'grammarAttention',
      title: 'Attention Statistics',
      column: vscode.ViewColumn.Active,
      invitation: {
        ask: 'Choose a grammar to see how the model attends over its strings.',
        open: 'Open a model that was trained on the strings of a grammar to see how it attends over them.',
      },
    };
    super(names, parts);
  }

  protected statusMessage(status: ViewStatus): ToGrammarAttentionView {
    return { type: 'status', status, question: this.inspection.question ?? null };
  }

  protected answerMessage(): ToGrammarAttentionView | undefined {
    const { answer } = this.inspection;
    return answer && { type: 'statistics', statistics: answer };
  }

  protected receiveOwn({ strings }: Own): void {
    void this.inspection.refresh({ strings });
  }
}
