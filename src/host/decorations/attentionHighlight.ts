// What a token attends to, and what attends to it, as what is painted over the text: positive and negative values.
import type { TokenAttention } from '../../protocol/attention';
import type { Event } from '../emitter';
import type { AttentionInspection } from '../inspection/attentionInspection';
import { headName, visiblePiece } from '../names';
import { shortAndExact } from '../numbers';
import type { Highlight, TextValues } from './highlight';

export class AttentionHighlight implements Highlight {
  readonly onDidChange: Event<unknown>;
  private painted: { links: TokenAttention; hideSink: boolean; values: TextValues } | undefined;

  constructor(private readonly inspection: AttentionInspection) {
    this.onDidChange = inspection.onDidChange;
  }

  get subject(): string | undefined {
    const { locked, choices } = this.inspection;
    return locked && `${headName(locked)} ${choices}`;
  }

  get values(): TextValues | undefined {
    const { tokenLinks: links, grid, hideSink } = this.inspection;
    if (!links || !grid) return undefined;
    if (this.painted?.links !== links || this.painted.hideSink !== hideSink) {
      this.painted = { links, hideSink, values: valuesOf(links, grid, hideSink) };
    }
    return this.painted.values;
  }

  get pending(): boolean {
    return this.inspection.linksPending;
  }

  get line(): Highlight['line'] {
    const { locked, question, grid, token, pinned } = this.inspection;
    if (!locked || !question || !grid) return undefined;
    const name = headName(locked);
    const title =
      token === undefined
        ? `${name} · put the cursor on a token · Esc clears`
        : `${name} · "${wordOf(grid.tokens.pieces[token])}" attends to blue, orange attends to it` +
          `${pinned ? ' · pinned' : ''} · Esc clears`;
    return { uri: question.uri, title };
  }

  get pinned(): Highlight['pinned'] {
    const { locked, question, pinnedRange: range } = this.inspection;
    return locked && question && range && { uri: question.uri, range };
  }

  describe(token: number): string {
    const { locked, tokenLinks: links, grid } = this.inspection;
    if (!locked || !links || !grid) return '';
    const word = `"${wordOf(grid.tokens.pieces[links.token])}"`;
    const said = [
      linkSaid(
        links.sources.tokens,
        links.sources.values,
        token,
        (value) => `${word} attends to it: ${value}`,
      ),
      linkSaid(
        links.destinations.tokens,
        links.destinations.values,
        token,
        (value) => `it attends to ${word}: ${value}`,
      ),
    ].filter((each) => each !== undefined);
    return `${headName(locked)} · ${said.length > 0 ? said.join(' · ') : `under 0.005 from or to ${word}`}`;
  }

  clear(): void {
    this.inspection.unlock();
  }
}

function linkSaid(
  tokens: Int32Array,
  values: Float32Array,
  token: number,
  say: (value: string) => string,
): string | undefined {
  const place = tokens.indexOf(token);
  return place < 0 ? undefined : say(shortAndExact(values[place]));
}

function valuesOf(
  { sources, destinations }: TokenAttention,
  { source, tokens, sinkTokens }: NonNullable<AttentionInspection['grid']>,
  hideSink: boolean,
): TextValues {
  const values = new Float32Array(tokens.pieces.length);
  const sink = new Set(hideSink ? sinkTokens : []);
  destinations.tokens.forEach((token, place) => (values[token] = -destinations.values[place]));
  // Where two tokens attend to each other, the stronger of the two is seen.
  sources.tokens.forEach((token, place) => {
    const value = sources.values[place];
    if (!sink.has(token) && !(value < -values[token])) values[token] = value;
  });
  return { source, starts: tokens.starts, ends: tokens.ends, values };
}

/** A piece without the blanks around its word. */
function wordOf(piece: string): string {
  return visiblePiece(piece.trim() || piece);
}
