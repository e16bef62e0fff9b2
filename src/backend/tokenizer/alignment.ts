// Which part of the source text every token stands for. A text that is rewritten on its way to the model (lower-cased,
// bytes spelt as letters, spaces as ▁) carries along, for each of its UTF-16 units, where in the source it ends.
// Ends are enough: tokens tile the text, so a token starts where the one before it ended. From that follow the rules
// of tokenizer.ts: what was dropped goes to the next token, what was inserted is empty, and of several tokens that
// share a character the first one reaches its end and the others are empty.
import type { Token } from './tokenizer';

/** NFKD makes 18 units of one (U+FDFA), no real normalizer more; without a bound 1 MB of text could ask for terabytes. */
const MAX_GROWTH = 32;
/** Room for what is put before even the shortest text. */
const MAX_GROWTH_CONSTANT = 4096;

/** A text, or a slice of one, that knows where in the source each of its units ends. */
export class AlignedText {
  private constructor(
    readonly text: string,
    /** Source end of every unit, shared between slices; this text's begin at `offset`. */
    private readonly ends: Int32Array,
    private readonly offset: number,
    /** Where in the source this text begins, in UTF-16 units. */
    readonly sourceStart: number,
  ) {}

  /** The source itself from `start` to `end`. */
  static ofSource(source: string, start: number, end: number): AlignedText {
    const ends = new Int32Array(end - start);
    for (let index = 0; index < ends.length; index++) ends[index] = start + index + 1;
    return new AlignedText(source.slice(start, end), ends, 0, start);
  }

  /** @param ends source end of every unit of `text` */
  static of(text: string, ends: Int32Array, sourceStart: number): AlignedText {
    return new AlignedText(text, ends, 0, sourceStart);
  }

  /** Where in the source the first `count` units of this text end. */
  sourceEnd(count: number): number {
    return count === 0 ? this.sourceStart : this.ends[this.offset + count - 1];
  }

  slice(from: number, to: number): AlignedText {
    const { text, ends, offset } = this;
    if (from === 0 && to === text.length) return this;
    return new AlignedText(text.slice(from, to), ends, offset + from, this.sourceEnd(from));
  }

  /** The same places under another spelling of the same length. */
  respelt(text: string): AlignedText {
    return new AlignedText(text, this.ends, this.offset, this.sourceStart);
  }
}

/** Rewrites an aligned text from left to right. */
export class AlignedTextBuilder {
  private text = '';
  private ends: Int32Array;
  private readonly limit: number;

  constructor(private readonly source: AlignedText) {
    this.ends = new Int32Array(source.text.length + 16);
    this.limit = MAX_GROWTH * source.text.length + MAX_GROWTH_CONSTANT;
  }

  /** Keeps the units from `from` to `to` of the text that is rewritten. */
  copy(from: number, to: number): void {
    const at = this.text.length;
    this.reserve(at + to - from);
    this.text += this.source.text.slice(from, to);
    for (let index = from; index < to; index++)
      this.ends[at + index - from] = this.source.sourceEnd(index + 1);
  }

  /** Adds text of which every unit ends where the first `count` units of the text that is rewritten end. */
  put(text: string, count: number): void {
    const at = this.text.length;
    this.reserve(at + text.length);
    this.text += text;
    this.ends.fill(this.source.sourceEnd(count), at, at + text.length);
  }

  build(): AlignedText {
    return AlignedText.of(this.text, this.ends, this.source.sourceStart);
  }

  private reserve(length: number): void {
    if (length > this.limit)
      throw new Error(`its normalizer makes the text more than ${MAX_GROWTH} times as long`);
    if (length <= this.ends.length) return;
    const grown = new Int32Array(Math.max(length, 2 * this.ends.length));
    grown.set(this.ends);
    this.ends = grown;
  }
}

/** Each match of a global pattern replaced; what replaces it ends where the match ends. */
export function replaceMatches(
  input: AlignedText,
  pattern: RegExp,
  replacement: (match: string) => string,
): AlignedText {
  let builder: AlignedTextBuilder | undefined;
  let copied = 0;
  for (const match of input.text.matchAll(pattern)) {
    builder ??= new AlignedTextBuilder(input);
    builder.copy(copied, match.index);
    copied = match.index + match[0].length;
    builder.put(replacement(match[0]), copied);
  }
  if (builder === undefined) return input;
  builder.copy(copied, input.text.length);
  return builder.build();
}

/** Token ids of a text with the place in the source where each ends, in order. */
export class TokenList {
  readonly ids: number[] = [];
  readonly ends: number[] = [];

  add(id: number, end: number): void {
    this.ids.push(id);
    this.ends.push(end);
  }
}

/**
 * Tokens whose ranges tile a text of `length` UTF-16 units.
 * @param before, after ids that stand for no text and go around the text's own
 * @param piece the display text of an id
 */
export function tile(
  before: readonly number[],
  list: TokenList,
  after: readonly number[],
  length: number,
  piece: (id: number) => string,
): Token[] {
  const tokens = before.map((id): Token => ({ id, piece: piece(id), start: 0, end: 0 }));
  let start = 0;
  for (const [index, id] of list.ids.entries()) {
    // The last one takes what was dropped at the end of the text.
    const end = index === list.ids.length - 1 ? length : Math.max(start, list.ends[index]);
    tokens.push({ id, piece: piece(id), start, end });
    start = end;
  }
  for (const id of after) tokens.push({ id, piece: piece(id), start, end: start });
  const last = tokens.at(-1);
  // A text of nothing but dropped characters: some token has to stand for it.
  if (last !== undefined) last.end = length;
  return tokens;
}

/** The text as tokenizers see it: half a surrogate pair has no UTF-8 form and reads as U+FFFD, which is as long. */
export function withoutLoneSurrogates(text: string): string {
  // Most texts have no surrogate at all, and without Unicode mode that is quickly seen.
  if (!/[\uD800-\uDFFF]/.test(text)) return text;
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
