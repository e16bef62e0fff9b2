// The logit lens on a document: its table, further columns of a long text as they come into sight, and the place that
// a person opened.
import type { LensTable } from '../../protocol/lens';
import type { LensPlace, LensSelection } from '../../protocol/lensView';
import type { TextRange } from '../../protocol/types';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { tokenAt, type TextRanges } from '../decorations/tokenAt';
import { Emitter } from '../emitter';
import { followEdits, type TextEdit } from './follow';
import { FollowedQuestion, isSameText, type Question, type QuestionPorts } from './followedQuestion';
import { joinedRanges } from './joinedRanges';

/** Likeliest tokens of the place that is open. */
const LIKELIEST = 20;

export type LensPorts = Pick<QuestionPorts<unknown>, 'document' | 'delay'> & { requester: Requester };

export class LensInspection extends FollowedQuestion<LensTable> {
  private readonly windowArrived = new Emitter<LensTable>();
  /** More columns of the present table. */
  readonly onDidReadWindow = this.windowArrived.event;
  private readonly windowFailed = new Emitter<TextRange>();
  readonly onDidFailWindow = this.windowFailed.event;
  private readonly selectionChanged = new Emitter<void>();
  readonly onDidChangeSelection = this.selectionChanged.event;

  private readonly requester: Requester;
  private readonly version: (uri: string) => number | undefined;
  private tables: LensTable[] = [];
  private known: TextRanges | undefined;
  private selected: LensSelection | undefined;
  /** The text of the token that is open, so that edits do not move the place to another token. */
  private selectedRange: TextRange | undefined;
  /** Aborted with the answer that windows and the open place belong to. */
  private ofAnswer = new AbortController();
  private ofSelection = new AbortController();

  constructor({ requester, document, delay }: LensPorts) {
    super({
      ask: (question, signal) => requester.request('subtext/lens', question, signal),
      document,
      delay,
    });
    this.requester = requester;
    this.version = (uri) => document(uri)?.version;
    this.onDidChangeAnswer(() => this.takeAnswer());
  }

  /** Where the tokens stand that were read; those of columns that are not here yet have no length. */
  get ranges(): TextRanges | undefined {
    return this.known;
  }

  /** All columns that are here: the answer's, then those of windows. */
  get read(): readonly LensTable[] {
    return this.tables;
  }

  get selection(): LensSelection | undefined {
    return this.selected;
  }

  override async ask(question: Question): Promise<void> {
    if (!isSameText(question, this.question)) {
      this.release();
      this.place(undefined);
    }
    await super.ask(question);
  }

  /** Reads more columns: token indices. */
  async readWindow(window: TextRange): Promise<void> {
    const { question, ofAnswer } = this;
    if (!question || !this.answer) return;
    const { uri, model } = question;
    try {
      const table = await this.requester.request('subtext/lens', { uri, model, window }, ofAnswer.signal);
      // Of another version: an edit came in between, and the text is about to be read again.
      if (ofAnswer.signal.aborted || table.source.version !== this.version(uri)) return;
      this.take(table);
      this.windowArrived.fire(table);
    } catch {
      if (!ofAnswer.signal.aborted) this.windowFailed.fire(window);
    }
  }

  /** Opens a place of the table; undefined closes it. */
  select(place: LensPlace | undefined): void {
    this.place(place);
    void this.readSelection();
  }

  override edited(uri: string, edits: readonly TextEdit[]): void {
    if (uri === this.question?.uri && this.selectedRange) {
      this.selectedRange = followEdits(this.selectedRange, edits);
    }
    super.edited(uri, edits);
  }

  /** Nobody looks at the lens any more: what the backend kept for it is let go. */
  close(): void {
    this.release();
    this.clear();
  }

  override dispose(): void {
    super.dispose();
    this.ofAnswer.abort();
    this.ofSelection.abort();
    this.windowArrived.dispose();
    this.windowFailed.dispose();
    this.selectionChanged.dispose();
  }

  private release(): void {
    if (!this.question) return;
    const { uri, model } = this.question;
    // A document or model that is gone was let go of already.
    this.requester.request('subtext/releaseLens', { uri, model }).catch(() => undefined);
  }

  private takeAnswer(): void {
    this.ofAnswer.abort();
    this.ofAnswer = new AbortController();
    this.tables = [];
    this.known = undefined;
    if (this.answer) this.take(this.answer);
    // Of an empty text the place stays: there may be text again.
    if (!this.question) this.place(undefined);
    else if (this.answer && this.selected) this.select(this.movedPlace(this.answer, this.selected.place));
  }

  private take(table: LensTable): void {
    this.tables.push(table);
    this.known = joinedRanges(this.tables);
  }

  /** The open place in a new table: at the same piece of text, or where that is gone at the same index. */
  private movedPlace(table: LensTable, { point, token, target }: LensPlace): LensPlace | undefined {
    const range = this.selectedRange;
    const moved = range && this.known && tokenAt(this.known.starts, this.known.ends, range.start);
    const next = moved ?? token;
    if (next >= table.textTokens || point >= table.points.length) return undefined;
    return { point, token: next, ...(target !== undefined && { target }) };
  }

  private place(place: LensPlace | undefined): void {
    this.ofSelection.abort();
    const { known } = this;
    this.selected = place && { place };
    const start = place && known?.starts.at(place.token);
    const end = place && known?.ends.at(place.token);
    const isText = start !== undefined && end !== undefined && start < end;
    this.selectedRange = isText ? { start, end } : undefined;
    this.selectionChanged.fire();
  }

  private async readSelection(): Promise<void> {
    const { question, selected } = this;
    if (!question || !selected) return;
    const work = new AbortController();
    this.ofSelection = work;
    const { uri, model } = question;
    const { place } = selected;
    try {
      const params = { uri, model, ...place, top: LIKELIEST };
      const cell = await this.requester.request('subtext/lensCell', params, work.signal);
      if (work.signal.aborted || cell.source.version !== this.version(uri)) return;
      this.selected = { place, cell };
    } catch (error) {
      const failure = toFailure(error);
      if (work.signal.aborted || failure.cancelled) return;
      this.selected = { place, failure: failure.line };
    }
    this.selectionChanged.fire();
  }
}
