// The view of the string under the cursor: its true tree and the one that probes read.
import type { ParseTreeChoice, FromParseTreeView, ToParseTreeView } from '../../protocol/parseTreeView';
import type { FromTextView } from '../../protocol/views';
import type { TextRanges } from '../decorations/tokenAt';
import type { DisposableStore } from '../disposables';
import type { ParseTreeInspection } from '../inspection/parseTreeInspection';
import type { SaveMessage } from './fileParts';
import { TextPanel, type TextPanelParts } from './textPanel';

export const parseTreeViewType = 'subtext.parseTree';

type OwnMessage = Exclude<FromParseTreeView, FromTextView | SaveMessage>;

export interface ParseTreePanelActions {
  /** Another choice of probes, activation or levels. */
  choose(choice: Partial<ParseTreeChoice>): void;
}

export class ParseTreePanel extends TextPanel<OwnMessage, ToParseTreeView> {
  constructor(
    private readonly inspection: ParseTreeInspection,
    parts: TextPanelParts,
    private readonly actions: ParseTreePanelActions,
  ) {
    super({ viewType: parseTreeViewType, name: 'parseTree', title: 'Parse Tree' }, parts, inspection);
  }

  protected get tokens(): TextRanges | undefined {
    return this.inspection.tokens;
  }

  protected postAnswer(): void {
    const { answer, question, string, choice, painted } = this.inspection;
    if (!answer || !question) return;
    const { source, grammar, probes, folders, hook, hooks, levels } = answer;
    const { uri, model } = question;
    this.post({
      type: 'tree',
      tree: {
        ...{ source, grammar, probes, folders, hook, hooks, levels },
        string: string ?? null,
        question: { uri, model, ...choice, painted: painted !== undefined },
      },
    });
  }

  protected override postRest(): void {
    const { phase, failure } = this.inspection;
    this.post({ type: 'missing', probes: phase === 'failed' && failure?.reason === 'probe' });
  }

  protected override listen(store: DisposableStore): void {
    // What is shown changes with the cursor too.
    store.add(
      this.inspection.onDidChange(() => {
        this.postRest();
        this.postAnswer();
      }),
    );
  }

  protected override receiveOwn(message: OwnMessage): void {
    this.actions.choose(message.choice);
  }
}
