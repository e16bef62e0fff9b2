// Fetches what one token is linked to by one head. The latest wish wins; what was fetched is kept for the version of
// the text, so that a pointer that moves over tokens does not flood the backend.
import type { HeadId, TokenAttention } from '../../protocol/attention';
import type { Requester } from '../backend/requester';
import { toFailure } from '../backend/failure';
import type { Question } from './followedQuestion';
import { RecentMap } from './recent';

/** Tokens whose links are kept: those of some lines. */
const KEPT = 256;

export class LinkReader {
  private readonly links = new RecentMap<TokenAttention>(KEPT);
  private question: Question | undefined;
  private version: number | undefined;
  private work: AbortController | undefined;
  private waiting = false;

  constructor(
    private readonly requester: Requester,
    private readonly onArrived: () => void,
  ) {}

  /** Whether links of the wanted token are on their way. */
  get pending(): boolean {
    return this.waiting;
  }

  /** A new answer to a question, of a version of the text: links of the version before are forgotten. */
  reset(question: Question | undefined, version: number | undefined): void {
    this.work?.abort();
    this.waiting = false;
    this.question = question;
    this.version = version;
    this.links.clear();
  }

  read(head: HeadId, token: number): TokenAttention | undefined {
    return this.links.get(keyOf(head, token));
  }

  /** Fetches what is not known yet of a token, instead of what was being fetched. */
  want(head: HeadId | undefined, token: number | undefined): void {
    this.work?.abort();
    this.waiting = false;
    if (!head || token === undefined || !this.question || this.read(head, token)) return;
    const work = new AbortController();
    this.work = work;
    this.waiting = true;
    void this.fetch(head, token, this.question, work.signal);
  }

  private async fetch(head: HeadId, token: number, question: Question, signal: AbortSignal): Promise<void> {
    const { uri, model } = question;
    try {
      const links = await this.requester.request(
        'subtext/attentionOfToken',
        { uri, model, layer: head.layer, head: head.head, place: { token } },
        signal,
      );
      if (signal.aborted) return;
      this.waiting = false;
      // Of another version: an edit came in between, and the text is about to be computed again.
      if (links.source.version === this.version) this.links.set(keyOf(head, token), links);
      this.onArrived();
    } catch (error) {
      if (signal.aborted || toFailure(error).cancelled) return;
      this.waiting = false;
      this.onArrived();
    }
  }
}

function keyOf({ layer, head }: HeadId, token: number): string {
  return `${layer}/${head}/${token}`;
}
