// The view of logit attribution beside the text.
import type {
  AttributionChoice,
  FromAttributionView,
  ToAttributionView,
} from '../../protocol/attributionView';
import type { HeadId } from '../../protocol/attention';
import type { NeuronId } from '../../protocol/types';
import type { FromTextView } from '../../protocol/views';
import type { AttributionInspection } from '../inspection/attributionInspection';
import type { SaveMessage } from './fileParts';
import { TextPanel, type TextPanelParts } from './textPanel';

export const attributionViewType = 'subtext.attribution';

type OwnMessage = Exclude<FromAttributionView, FromTextView | SaveMessage>;

export interface AttributionPanelActions {
  /** Asks about other tokens, or another place. */
  choose(choice: AttributionChoice): void;
  selectNeuron(id: NeuronId): void;
  selectHead(head: HeadId): void;
}

export class AttributionPanel extends TextPanel<OwnMessage, ToAttributionView> {
  /** The rows are parts of the model, not tokens. */
  protected readonly tokens = undefined;

  constructor(
    private readonly inspection: AttributionInspection,
    parts: TextPanelParts,
    private readonly actions: AttributionPanelActions,
  ) {
    super(
      { viewType: attributionViewType, name: 'attribution', title: 'Logit Attribution' },
      parts,
      inspection,
    );
  }

  protected postAnswer(): void {
    const { answer, question, choice } = this.inspection;
    if (answer && question) this.post({ type: 'attribution', attribution: answer, question, choice });
  }

  protected override receiveOwn(message: OwnMessage): void {
    switch (message.type) {
      case 'choose':
        this.actions.choose(message.choice);
        break;
      case 'selectNeuron':
        this.actions.selectNeuron(message.id);
        break;
      case 'selectHead':
        this.actions.selectHead(message.head);
        break;
    }
  }
}
