// The attention view beside the text.
import type { FromAttentionView, ToAttentionView } from '../../protocol/attentionView';
import type { FromTextView } from '../../protocol/views';
import { toFailure } from '../backend/failure';
import type { TextRanges } from '../decorations/tokenAt';
import type { DisposableStore } from '../disposables';
import type { AttentionInspection } from '../inspection/attentionInspection';
import type { SaveMessage } from './fileParts';
import { TextPanel, type TextPanelParts } from './textPanel';

export const attentionViewType = 'subtext.attention';

type OwnMessage = Exclude<FromAttentionView, FromTextView | SaveMessage>;

export class AttentionPanel extends TextPanel<OwnMessage, ToAttentionView> {
  /** Tiles that the page waits for, by their numbers. */
  private readonly tiles = new Map<number, AbortController>();

  constructor(
    private readonly inspection: AttentionInspection,
    parts: TextPanelParts,
  ) {
    super({ viewType: attentionViewType, name: 'attention', title: 'Attention' }, parts, inspection);
  }

  protected get tokens(): TextRanges | undefined {
    const { grid } = this.inspection;
    return grid && { source: grid.source, starts: grid.tokens.starts, ends: grid.tokens.ends };
  }

  protected postAnswer(): void {
    const { grid, question, hideSink } = this.inspection;
    if (!grid || !question) return;
    const { uri, model } = question;
    this.post({ type: 'grid', grid, hideSink, question: { uri, model } });
  }

  protected override postRest(): void {
    this.postFocus();
    this.postRanking();
  }

  protected override listen(store: DisposableStore): void {
    store.add(
      this.inspection.onDidChange((part) => {
        if (part === 'focus') this.postFocus();
        if (part === 'ranking') this.postRanking();
      }),
    );
  }

  protected override receiveOwn(message: OwnMessage): void {
    const { inspection } = this;
    switch (message.type) {
      case 'lock':
        inspection.lock(message.head);
        break;
      case 'unlock':
        inspection.unlock();
        break;
      case 'hideSink':
        void inspection.setHideSink(message.hideSink);
        break;
      case 'point':
        inspection.point(message.token);
        break;
      case 'pin':
        inspection.pinToken(message.token);
        break;
      case 'tile':
        void this.sendTile(message);
        break;
      case 'dropTiles':
        for (const request of message.requests) this.tiles.get(request)?.abort();
        break;
      case 'search':
        void inspection.search(message.pattern);
        break;
    }
  }

  protected override pageGone(): void {
    for (const work of this.tiles.values()) work.abort();
    this.tiles.clear();
    this.inspection.point(null);
  }

  private postFocus(): void {
    const { locked, pinned, token, tokenLinks } = this.inspection;
    this.post({
      type: 'head',
      focus: { head: locked ?? null, pinned, token: token ?? null, links: tokenLinks ?? null },
    });
  }

  private postRanking(): void {
    this.post({ type: 'ranking', ranking: this.inspection.ranking ?? null });
  }

  private async sendTile(message: Extract<OwnMessage, { type: 'tile' }>): Promise<void> {
    const { request, version, question } = message;
    const work = new AbortController();
    this.tiles.set(request, work);
    try {
      const tile = await this.inspection.tile(version, question, work.signal);
      this.post(tile ? { type: 'tile', request, tile } : { type: 'noTile', request });
    } catch (error) {
      const failure = toFailure(error);
      this.post({
        type: 'noTile',
        request,
        ...(!failure.cancelled && !work.signal.aborted && { message: failure.line }),
      });
    } finally {
      this.tiles.delete(request);
    }
  }
}
