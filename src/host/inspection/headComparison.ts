// What the heads of a text are compared with: two phrases of it, or a pattern. Asked again when the text changes.
import type { HeadRanking, Phrases } from '../../protocol/attentionView';
import type { PatternQuestion } from '../../protocol/attention';
import type { Requester } from '../backend/requester';
import { toFailure } from '../backend/failure';
import { followEdits, type TextEdit } from './follow';
import type { Question } from './followedQuestion';

type Wish = ({ kind: 'between' } & Phrases) | { kind: 'pattern'; pattern: PatternQuestion };

export class HeadComparison {
  private wish: Wish | undefined;
  private current: HeadRanking | undefined;
  private work: AbortController | undefined;

  constructor(
    private readonly requester: Requester,
    /** The words of a stretch of the text that is inspected. */
    private readonly words: (range: { start: number; end: number }) => string,
    private readonly onChanged: () => void,
  ) {}

  /** Without an answer while it is computed. */
  get ranking(): HeadRanking | undefined {
    return this.current;
  }

  compare(wish: Wish | undefined): void {
    this.work?.abort();
    this.wish = wish;
    this.current = undefined;
    this.onChanged();
  }

  /** Phrases move with their text. A drawn pattern names tokens, which are others after an edit. */
  edited(edits: readonly TextEdit[]): void {
    const { wish } = this;
    if (!wish) return;
    if (wish.kind === 'pattern') {
      if ('drawn' in wish.pattern) this.compare(undefined);
      return;
    }
    const [first, second] = [followEdits(wish.first, edits), followEdits(wish.second, edits)];
    if (first && second) this.wish = { ...wish, first, second };
    else this.compare(undefined);
  }

  /** Computes what is wished for of a text that the backend has just read. */
  async compute(question: Question | undefined): Promise<void> {
    this.work?.abort();
    const { wish } = this;
    if (!wish || !question) return;
    const work = new AbortController();
    this.work = work;
    try {
      const ranking = await this.ask(wish, question, work.signal);
      if (work.signal.aborted) return;
      this.current = ranking;
    } catch (error) {
      if (work.signal.aborted) return;
      this.current = { ...this.named(wish), failure: toFailure(error).line };
    }
    this.onChanged();
  }

  dispose(): void {
    this.work?.abort();
  }

  private async ask(wish: Wish, { uri, model }: Question, signal: AbortSignal): Promise<HeadRanking> {
    if (wish.kind === 'between') {
      const { first, second } = wish;
      const params = { uri, model, first, second };
      const answer = await this.requester.request('subtext/headsBetween', params, signal);
      return { kind: 'between', first: this.words(first), second: this.words(second), answer };
    }
    const { pattern } = wish;
    const answer = await this.requester.request('subtext/searchPattern', { uri, model, pattern }, signal);
    return { kind: 'pattern', pattern, answer };
  }

  private named(wish: Wish): HeadRanking {
    if (wish.kind === 'pattern') return wish;
    return { kind: 'between', first: this.words(wish.first), second: this.words(wish.second) };
  }
}
