// The view of the string under the cursor: its true tree and the one that probes read.
import type { ParseTreeChoice, FromParseTreeView, ToParseTreeView } from '../../protocol/parseTreeView';
import type { FromTextView } from '../../protocol/views';
import type { TextRanges } from '../decorations/tokenAt';
import type { DisposableStore } from '../disposables';
import type { ParseTreeInspection } from '../inspection/parseTreeInspection';
import { makeFileParts } from './saveFile';
import { TextPanel, type TextPanelParts } from './textPanel';

export const parseTreeViewType = 'subtext.parseTree';

type OwnMessage = Exclude<FromParseTreeView, FromTextView>;

export interface ParseTreePanelActions {
  /** Another choice of probes, activation or levels. */
  choose(choice: Partial<ParseTreeChoice>): void;
}

export class ParseTreePanel extends TextPanel<OwnMessage, ToParseTreeView> {
  private readonly files = makeFileParts();

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

  protected postRest(): void {
    const { phase, failure } = this.inspection;
    this.post({ type: 'missing', probes: phase === 'failed' && failure?.reason === 'probe' });
  }

  protected listen(store: DisposableStore): void {
    // What is shown changes with the cursor too.
    store.add(
      this.inspection.onDidChange(() => {
        this.postRest();
        this.postAnswer();
      }),
    );
  }

  protected receiveOwn(message: OwnMessage): void {
    switch (message.type) {
      case 'choose':
        this.actions.choose(message.choice);
        break;
      case 'save':
        void this.files.receive(message);
        break;
    }
  }

  protected pageGone(): void {
    this.files.abandon();
  }
}
