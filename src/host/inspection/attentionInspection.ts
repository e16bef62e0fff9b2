// The attention that is inspected: the heads on a document, the open one, and the token whose links are shown. The one
// owner of this state; panel, painter, code lens and hover listen to it.
import type {
  AttentionGrid,
  AttentionTile,
  HeadId,
  PatternQuestion,
  TileQuestion,
  TokenAttention,
} from '../../protocol/attention';
import type { HeadRanking, Phrases } from '../../protocol/attentionView';
import type { TextRange } from '../../protocol/types';
import type { Requester } from '../backend/requester';
import { tokenAt } from '../decorations/tokenAt';
import { Emitter } from '../emitter';
import { followEdits, type TextEdit } from './follow';
import { type DocumentFacts, FollowedQuestion, isSameText, type Question } from './followedQuestion';
import { HeadComparison } from './headComparison';
import { HeldText } from './heldText';
import { LinkReader } from './linkReader';

export interface AttentionPorts {
  requester: Requester;
  document(uri: string): DocumentFacts | undefined;
  /** Milliseconds without typing after which an edited text is computed again. */
  delay(): number;
  /** The words of a stretch of an open document. */
  words(uri: string, range: TextRange): string;
  /** Offset of the cursor in the editor of a document, where one is visible. */
  cursor(uri: string): number | undefined;
}

/** Which part of the state changed. */
export type AttentionPart = 'status' | 'grid' | 'focus' | 'ranking';

export class AttentionInspection extends FollowedQuestion<AttentionGrid> {
  private readonly changed = new Emitter<AttentionPart>();
  readonly onDidChange = this.changed.event;

  private sinkHidden = false;
  private lockedHead: HeadId | undefined;
  private pointedToken: number | undefined;
  /** The token whose links are shown; of the grid's version of the text. */
  private shownToken: number | undefined;
  /** Where the pinned token stands in the text. */
  private pin: TextRange | undefined;
  private readonly links: LinkReader;
  private readonly comparison: HeadComparison;
  private readonly held: HeldText;
  private readonly requester: Requester;

  constructor(private readonly attentionPorts: AttentionPorts) {
    const { requester, document, delay, words } = attentionPorts;
    super({
      ask: ({ uri, model }, signal) =>
        requester.request('subtext/attentionGrid', { uri, model, hideSink: this.sinkHidden }, signal),
      document,
      delay,
    });
    this.requester = requester;
    this.held = new HeldText(requester, 'subtext/releaseAttention');
    this.links = new LinkReader(requester, () => this.changed.fire('focus'));
    this.comparison = new HeadComparison(
      requester,
      (range) => (this.question ? words(this.question.uri, range) : ''),
      () => this.changed.fire('ranking'),
    );
    this.onDidChangeAnswer(() => {
      this.takeGrid();
      this.changed.fire('grid');
    });
    this.onDidChangePhase(() => {
      this.changed.fire('status');
      // What is painted goes by the phase too.
      this.changed.fire('focus');
    });
  }

  /** The last grid; of an older version of the text while `phase` is 'loading'. */
  get grid(): AttentionGrid | undefined {
    return this.answer;
  }

  get hideSink(): boolean {
    return this.sinkHidden;
  }

  get locked(): HeadId | undefined {
    return this.lockedHead;
  }

  get pinned(): boolean {
    return this.pin !== undefined;
  }

  /** Where the pinned token stands in the text as it is now. */
  get pinnedRange(): TextRange | undefined {
    return this.pin;
  }

  get ranking(): HeadRanking | undefined {
    return this.comparison.ranking;
  }

  /** The token whose links are shown: the one that is pointed at in the view, else the pinned one, else the cursor's. */
  get token(): number | undefined {
    return this.shownToken;
  }

  /** What the token is linked to by the open head, once that is known. */
  get tokenLinks(): TokenAttention | undefined {
    const { lockedHead, token } = this;
    return lockedHead && token !== undefined ? this.links.read(lockedHead, token) : undefined;
  }

  /** True while links are on their way: what is painted may stay until then. */
  get linksPending(): boolean {
    return this.phase === 'loading' || this.links.pending;
  }

  /** All heads read the whole text: a selection is not asked about. */
  override async ask({ uri, model }: Question): Promise<void> {
    const question = { uri, model };
    if (!isSameText(question, this.question)) {
      this.forgetFocus();
      this.comparison.compare(undefined);
    }
    await super.ask(question);
  }

  override edited(uri: string, edits: readonly TextEdit[]): void {
    if (this.question?.uri === uri) {
      // Tokens are counted in the version before.
      this.pointedToken = undefined;
      this.pin &&= followEdits(this.pin, edits);
      this.comparison.edited(edits);
    }
    super.edited(uri, edits);
  }

  async setHideSink(hidden: boolean): Promise<void> {
    if (hidden === this.sinkHidden) return;
    this.sinkHidden = hidden;
    await this.refresh();
  }

  /** Opens a head. */
  lock(head: HeadId): void {
    if (!this.exists(head)) return;
    this.countChoice();
    this.lockedHead = { layer: head.layer, head: head.head };
    this.readFocus();
  }

  /** Closes the head; nothing is painted any more. */
  unlock(): void {
    this.forgetFocus();
    this.readFocus();
  }

  /** Shows the links of a token for as long as the pointer is on it; null when it left. */
  point(token: number | null): void {
    const next = token !== null && this.hasToken(token) ? token : undefined;
    if (next === this.pointedToken) return;
    this.pointedToken = next;
    this.readFocus();
  }

  /** Keeps a token of the grid; null lets it go. */
  pinToken(token: number | null): void {
    const tokens = this.grid?.tokens;
    this.pin =
      token !== null && tokens && this.hasToken(token)
        ? { start: tokens.starts[token], end: tokens.ends[token] }
        : undefined;
    this.readFocus();
  }

  /** Keeps the token whose links are shown, or lets it go. */
  togglePin(): void {
    this.pinToken(this.pin ? null : (this.token ?? null));
  }

  /** The cursor of an editor went elsewhere. */
  cursorMoved(uri: string): void {
    if (uri !== this.question?.uri || !this.lockedHead || this.pin || this.phase === 'loading') return;
    this.readFocus();
  }

  /** Ranks the heads by how much they carry between two phrases. */
  async compareBetween(phrases: Phrases): Promise<void> {
    this.comparison.compare({ kind: 'between', ...phrases });
    if (this.phase === 'ready') await this.comparison.compute(this.question);
  }

  /** Ranks the heads by how much they look like a pattern; null ends the comparison. */
  async search(pattern: PatternQuestion | null): Promise<void> {
    this.comparison.compare(pattern ? { kind: 'pattern', pattern } : undefined);
    if (this.phase === 'ready') await this.comparison.compute(this.question);
  }

  /** A rectangle of a head's map, of the version of the text that the grid has; undefined where that is another by now. */
  async tile(
    version: number,
    question: TileQuestion,
    signal: AbortSignal,
  ): Promise<AttentionTile | undefined> {
    if (!this.question || this.grid?.source.version !== version) return undefined;
    const { uri, model } = this.question;
    const tile = await this.requester.request('subtext/attentionTile', { uri, model, ...question }, signal);
    return tile.source.version === version ? tile : undefined;
  }

  override dispose(): void {
    super.dispose();
    this.links.reset(undefined, undefined);
    this.comparison.dispose();
    this.changed.dispose();
  }

  private takeGrid(): void {
    const { grid, question } = this;
    this.held.hold(grid && question);
    this.pointedToken = undefined;
    if (!question) {
      this.forgetFocus();
      this.comparison.compare(undefined);
    }
    if (grid && this.lockedHead && !this.exists(this.lockedHead)) this.lockedHead = undefined;
    this.links.reset(grid && question, grid?.source.version);
    if (!grid) return;
    this.placeToken();
    this.links.want(this.lockedHead, this.token);
    void this.comparison.compute(question);
  }

  private readFocus(): void {
    this.placeToken();
    this.links.want(this.lockedHead, this.token);
    this.changed.fire('focus');
  }

  /** While the text is newer than the grid, the token stays what it was. */
  private placeToken(): void {
    const { grid, question, pointedToken, pin } = this;
    if (!grid || !question) {
      this.shownToken = undefined;
      return;
    }
    const { document, cursor } = this.attentionPorts;
    if (document(question.uri)?.version !== grid.source.version) return;
    const offset = pin ? pin.start : cursor(question.uri);
    const under = offset === undefined ? undefined : tokenAt(grid.tokens.starts, grid.tokens.ends, offset);
    this.shownToken = pointedToken ?? under;
  }

  private forgetFocus(): void {
    this.lockedHead = undefined;
    this.pointedToken = undefined;
    this.pin = undefined;
  }

  private exists({ layer, head }: HeadId): boolean {
    const { grid } = this;
    return grid !== undefined && layer >= 0 && head >= 0 && layer < grid.layers && head < grid.heads;
  }

  private hasToken(token: number): boolean {
    return this.grid !== undefined && token >= 0 && token < this.grid.tokens.pieces.length;
  }
}
