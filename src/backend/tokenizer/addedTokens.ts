// Added tokens of tokenizer.json, special ones (`<|endoftext|>`) among them: found in the text before the model sees it.
// The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/tokenizer/added_vocabulary.rs`).
import { AlignedText } from './alignment';
import type { JsonValue } from './jsonValue';
import { MAX_SYMBOLS } from './mergeTable';
import type { Normalizer } from './normalizers';

export interface AddedToken {
  id: number;
  content: string;
  /** Left out of decoded text. */
  isSpecial: boolean;
  /** Looked for in the normalized text, not in the text itself. */
  isNormalized: boolean;
  /** Only found where no letter, digit or underscore stands beside it. */
  isSingleWord: boolean;
  /** Takes the white space to its left, or right, with it. */
  stripsLeft: boolean;
  stripsRight: boolean;
}

/** A part of a text: an added token, or text for the model when `id` is undefined. */
export interface TextPart {
  id: number | undefined;
  start: number;
  end: number;
}

export function readAddedTokens(json: JsonValue): AddedToken[] {
  return json.items().map((token) => {
    const isSpecial = token.field('special').flag(false);
    return {
      id: token.field('id').count(MAX_SYMBOLS - 1),
      content: token.field('content').text(),
      isSpecial,
      isNormalized: token.field('normalized').flag(!isSpecial),
      isSingleWord: token.field('single_word').flag(false),
      stripsLeft: token.field('lstrip').flag(false),
      stripsRight: token.field('rstrip').flag(false),
    };
  });
}

const ENDS_WITH_WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const STARTS_WITH_WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const WHITE_SPACE = /\p{White_Space}/u;

/** Looking for each of so few is faster than looking at every place. */
const FEW_TOKENS = 8;

/** Finds added tokens in a text; of those that begin at one place the longest. */
export class AddedTokenFinder {
  private readonly tokens = new Map<string, AddedToken>();
  /** For the first unit of a token: the lengths of the tokens that begin with it, longest first. */
  private readonly lengths = new Map<number, number[]>();

  /** @param normalizer what the text that is searched has been through, for tokens that are looked for in such a text */
  constructor(tokens: readonly AddedToken[], normalizer: Normalizer = (text) => text) {
    for (const token of tokens) {
      const { text } = normalizer(AlignedText.ofSource(token.content, 0, token.content.length));
      if (text === '') continue;
      this.tokens.set(text, token);
      const lengths = new Set(this.lengths.get(text.charCodeAt(0))).add(text.length);
      this.lengths.set(
        text.charCodeAt(0),
        [...lengths].sort((a, b) => b - a),
      );
    }
  }

  /** The parts of the text, in order; none is empty. */
  split(text: string): TextPart[] {
    if (text !== '' && !this.mayOccurIn(text)) return [{ id: undefined, start: 0, end: text.length }];
    const parts: TextPart[] = [];
    let done = 0;
    const addText = (end: number): void => {
      if (end > done) parts.push({ id: undefined, start: done, end });
    };
    for (let at = 0; at < text.length && this.tokens.size > 0;) {
      const token = this.longestAt(text, at);
      if (token === undefined) {
        at++;
        continue;
      }
      const [begin, end] = [at, at + token.length];
      at = end;
      const { id, isSingleWord, stripsLeft, stripsRight } = token.token;
      if (isSingleWord && hasWordBeside(text, begin, end)) continue;
      let [start, stop] = [begin, end];
      while (stripsLeft && start > done && WHITE_SPACE.test(text[start - 1])) start--;
      while (stripsRight && stop < text.length && WHITE_SPACE.test(text[stop])) stop++;
      addText(start);
      parts.push({ id, start: Math.max(start, done), end: stop });
      done = stop;
      at = Math.max(at, stop);
    }
    addText(text.length);
    return parts;
  }

  private mayOccurIn(text: string): boolean {
    if (this.tokens.size > FEW_TOKENS) return true;
    for (const token of this.tokens.keys()) if (text.includes(token)) return true;
    return false;
  }

  private longestAt(text: string, at: number): { token: AddedToken; length: number } | undefined {
    for (const length of this.lengths.get(text.charCodeAt(at)) ?? []) {
      const token = this.tokens.get(text.slice(at, at + length));
      if (token !== undefined) return { token, length };
    }
    return undefined;
  }
}

function hasWordBeside(text: string, start: number, end: number): boolean {
  // Two units hold any one character.
  return (
    ENDS_WITH_WORD.test(text.slice(Math.max(0, start - 2), start)) ||
    STARTS_WITH_WORD.test(text.slice(end, end + 2))
  );
}
