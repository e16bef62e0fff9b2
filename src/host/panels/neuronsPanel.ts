// The neurons view beside the text.
import type { FromNeuronsView, FromTextView, ToNeuronsView } from '../../protocol/views';
import type { TextRanges } from '../decorations/tokenAt';
import type { DisposableStore } from '../disposables';
import type { NeuronInspection } from '../inspection/neuronInspection';
import { TextPanel, type TextPanelParts } from './textPanel';

export const neuronsViewType = 'subtext.neurons';

type OwnMessage = Exclude<FromNeuronsView, FromTextView>;

export class NeuronsPanel extends TextPanel<OwnMessage, ToNeuronsView> {
  constructor(
    private readonly inspection: NeuronInspection,
    parts: TextPanelParts,
  ) {
    super({ viewType: neuronsViewType, name: 'neurons', title: 'Neurons' }, parts, inspection);
  }

  protected get tokens(): TextRanges | undefined {
    const { table } = this.inspection;
    return table && { source: table.source, starts: table.tokens.starts, ends: table.tokens.ends };
  }

  protected postAnswer(): void {
    const { table, question } = this.inspection;
    if (table && question) this.post({ type: 'table', table, question });
  }

  protected override postRest(): void {
    const { focus, locked } = this.inspection;
    this.post({ type: 'focus', focus: focus ?? null, locked: locked ?? null });
  }

  protected override listen(store: DisposableStore): void {
    store.add(
      this.inspection.onDidChange((part) => {
        if (part === 'focus') this.postRest();
      }),
    );
  }

  protected override receiveOwn(message: OwnMessage): void {
    switch (message.type) {
      case 'preview':
        this.inspection.preview(message.id);
        break;
      case 'lock':
        this.inspection.lock(message.id);
        break;
      case 'unlock':
        this.inspection.unlock();
        break;
    }
  }

  protected override pageGone(): void {
    this.inspection.preview(null);
  }
}
