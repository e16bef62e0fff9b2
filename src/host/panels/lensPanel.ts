// The logit lens view beside the text.
import type { AttributionChoice } from '../../protocol/attributionView';
import type { FromLensView, ToLensView } from '../../protocol/lensView';
import type { FromTextView } from '../../protocol/views';
import type { TextRanges } from '../decorations/tokenAt';
import type { DisposableStore } from '../disposables';
import type { LensInspection } from '../inspection/lensInspection';
import type { SaveMessage } from './fileParts';
import { TextPanel, type TextPanelParts } from './textPanel';

export const lensViewType = 'subtext.lens';

type OwnMessage = Exclude<FromLensView, FromTextView | SaveMessage>;

export interface LensPanelActions {
  /** Shows what adds to the logit of a token after a place: the likeliest if none is given. */
  attribute(choice: AttributionChoice): void;
}

export class LensPanel extends TextPanel<OwnMessage, ToLensView> {
  constructor(
    private readonly inspection: LensInspection,
    parts: TextPanelParts,
    private readonly actions: LensPanelActions,
  ) {
    super({ viewType: lensViewType, name: 'lens', title: 'Logit Lens' }, parts, inspection);
  }

  protected get tokens(): TextRanges | undefined {
    return this.inspection.ranges;
  }

  protected postAnswer(): void {
    const { answer, question, read } = this.inspection;
    if (!answer || !question) return;
    this.post({ type: 'lens', table: answer, question });
    for (const table of read) if (table !== answer) this.post({ type: 'window', table });
  }

  protected override postRest(): void {
    this.post({ type: 'selection', selection: this.inspection.selection ?? null });
  }

  protected override listen(store: DisposableStore): void {
    const { inspection } = this;
    store.add(inspection.onDidReadWindow((table) => this.post({ type: 'window', table })));
    store.add(inspection.onDidFailWindow(({ start }) => this.post({ type: 'windowFailed', start })));
    store.add(inspection.onDidChangeSelection(() => this.postRest()));
  }

  protected override receiveOwn(message: OwnMessage): void {
    switch (message.type) {
      case 'window':
        void this.inspection.readWindow(message.window);
        break;
      case 'select':
        this.inspection.select(message.place ?? undefined);
        break;
      case 'attribute':
        this.actions.attribute({ position: message.token, token: message.target });
        break;
    }
  }
}
