// The view of losses before and after, beside the text.
import type { FromLossesView, ToLossesView } from '../../protocol/lossesView';
import type { TextRanges } from '../decorations/tokenAt';
import { findDocument } from '../inspection/followDocuments';
import type { LossInspection } from '../inspection/lossInspection';
import { lossReport } from '../losses/report';
import { TextPanel, type TextPanelParts } from './textPanel';

export const lossesViewType = 'subtext.losses';

export class LossesPanel extends TextPanel<FromLossesView, ToLossesView> {
  constructor(
    private readonly inspection: LossInspection,
    parts: TextPanelParts,
  ) {
    super({ viewType: lossesViewType, name: 'losses', title: 'Losses' }, parts, inspection);
  }

  protected get tokens(): TextRanges | undefined {
    return this.inspection.answer;
  }

  protected postAnswer(): void {
    const { answer, question, before } = this.inspection;
    const document = answer && findDocument(answer.source.uri);
    if (!document || !question || document.version !== answer.source.version) return;
    const report = lossReport(answer, document.getText());
    this.post({ type: 'losses', report, question: { ...question, before } });
  }
}
